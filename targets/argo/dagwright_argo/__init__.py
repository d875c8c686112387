"""Argo Workflows: a program becomes ConfigMaps and a WorkflowTemplate that need nothing else from us."""

from dagwright_argo.target import ArgoTarget

TARGET = ArgoTarget()
"""What ``dagwright_compiler.target_api`` loads."""
