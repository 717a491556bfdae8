"""People, teams and programs: who they are, how they sign in, and what they keep secret."""
