"""Files and directories as values: what users hold, where the bytes stand, and how they come to this machine.

Depends on the contract, the store and the attempt's folders; the codec (``values``) builds on it. Most of it is imported when a program uses the
first file.
"""
