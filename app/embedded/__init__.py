"""The whole system on one machine from packages alone: the engines, their supervision, and the folder they live in.

Long-lived code: the process that supervises stays under 30 MB, so nothing here imports the application's libraries
(pydantic, sqlalchemy, boto); the wheels with the engines' programs are located, never imported.
"""
