"""AWS on a virtual clock: CloudFormation, CodeDeploy, aliases and the provider framework."""
