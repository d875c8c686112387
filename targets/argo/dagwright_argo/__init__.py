"""Target Argo Workflows: programs to ConfigMaps and WorkflowTemplates."""
