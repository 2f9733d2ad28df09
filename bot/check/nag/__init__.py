"""The reports of cdk-nag (https://github.com/cdklabs/cdk-nag), versions 2 and 3, as results of controls."""
