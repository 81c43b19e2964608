"""What runs in a child process, because it takes strangers' files apart.

Nothing here imports Django: the child has no settings, no database and no secrets.
"""
