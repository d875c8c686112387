"""What people do with a store: see what is cached and why not, remove some of it, collect what nobody needs any more.

Runs on people's machines and in jobs of theirs, never in a task's pod, so the archive of the runtime leaves it out.
"""
