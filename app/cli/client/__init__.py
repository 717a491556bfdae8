"""A client of the public API: signs in, sends files straight to object storage, follows their versions.

It knows the API alone, nothing of the server's code, and runs wherever Python does.
"""
