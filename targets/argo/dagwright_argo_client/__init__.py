"""The life of a run on a cluster: submitting it, following it, reading what it left, ending it.

Talks to Argo Server (and, for ConfigMaps, which that does not know, to Kubernetes through ``kubectl``), and reads the run's store. Nothing of it
travels to pods, and compiling needs none of it.
"""
