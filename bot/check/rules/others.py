"""Services with a few rules each."""

from __future__ import annotations

from bot.check.predicates import (
    at_least,
    at_most,
    has_at_least,
    has_none,
    is_absent,
    is_false,
    is_given,
    is_true,
    none_of,
    one_of,
    starts_with,
    without_credentials,
)
from bot.check.rule import AllOf, AnyOf, Each, Entry, Property, Rule, SomeLinked, When, row
from bot.check.template import Resource
from bot.check.values import Value
from bot.check.verdict import FAILED, PASSED, Verdict, any_of
from bot.domain.check_result import Status

ACCESS = "AWS::EFS::AccessPoint"
BEANSTALK = "AWS::ElasticBeanstalk::Environment"
BUILD = "AWS::CodeBuild::Project"
FILES = "AWS::EFS::FileSystem"
FIREWALL = "AWS::NetworkFirewall::Firewall"
FIREWALL_POLICY = "AWS::NetworkFirewall::FirewallPolicy"
FSX = "AWS::FSx::FileSystem"
IDENTITIES = "AWS::Cognito::IdentityPool"
KAFKA = "AWS::MSK::Cluster"
NOTEBOOK = "AWS::SageMaker::NotebookInstance"
ROTATION = "AWS::SecretsManager::RotationSchedule"
TRAIL = "AWS::CloudTrail::Trail"
USERS = "AWS::Cognito::UserPool"
WORKSPACE = "AWS::WorkSpaces::Workspace"

PASSWORDS = "Policies.PasswordPolicy."


def of_kind(kind: str) -> Property:
    """Make the test that a file system of FSx is of a kind."""
    return Property("FileSystemType", one_of(kind))


def is_rotated(item: Value, resource: Resource) -> Verdict:
    """A rotation schedule names the secret, or the attachment that connects it with its database."""
    rotates = SomeLinked(ROTATION, "SecretId")
    attached = resource.template.links.to(resource, "AWS::SecretsManager::SecretTargetAttachment", "SecretId")
    verdicts = [rotates(one.properties, one) for one in (resource, *attached.resources)]
    if attached.doubt:
        verdicts.append(Verdict(Status.UNKNOWN, reason=attached.doubt))
    return any_of(verdicts) or FAILED


def option(namespace: str, name: str, *values: str) -> Entry:
    """Make the test of an option of an Elastic Beanstalk environment; a saved configuration may set it."""
    names = (("Namespace", namespace), ("OptionName", name))
    return Entry("OptionSettings", names, Property("Value", one_of(*values)), "TemplateName")


demands_strength = AllOf(
    (
        Property(f"{PASSWORDS}MinimumLength", at_least(8), "8"),
        Property(f"{PASSWORDS}RequireLowercase", is_true, "false"),
        Property(f"{PASSWORDS}RequireUppercase", is_true, "false"),
        Property(f"{PASSWORDS}RequireNumbers", is_true, "false"),
        Property(f"{PASSWORDS}RequireSymbols", is_true, "false"),
        Property(f"{PASSWORDS}TemporaryPasswordValidityDays", at_most(7), "7"),
    )
)
"""A policy that is silent of a kind of characters does not demand it; a pool without a policy demands all."""

RULES = (
    row(
        "Athena.4",
        "AWS::Athena::WorkGroup",
        "WorkGroupConfiguration.PublishCloudWatchMetricsEnabled",
        is_true,
        "true",
    ),
    row("ACM.2", "AWS::CertificateManager::Certificate", "KeyAlgorithm", none_of("RSA_1024"), "RSA_2048"),
    row("CloudTrail.2", TRAIL, "KMSKeyId", is_given),
    row("CloudTrail.4", TRAIL, "EnableLogFileValidation", is_true, "false"),
    row("CloudTrail.5", TRAIL, "CloudWatchLogsLogGroupArn", is_given),
    Rule(
        "CodeBuild.1",
        (BUILD,),
        AllOf(
            (
                Property("Source.Location", without_credentials),
                Each("SecondarySources", Property("Location", without_credentials), PASSED),
            )
        ),
    ),
    Rule(
        "CodeBuild.2",
        (BUILD,),
        Each(
            "Environment.EnvironmentVariables",
            When(
                Property("Type", one_of("PLAINTEXT"), "PLAINTEXT"),
                Property("Name", none_of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
            ),
            PASSED,
        ),
    ),
    row(
        "CodeBuild.3",
        BUILD,
        "LogsConfig.S3Logs.EncryptionDisabled",
        is_false,
        "false",
        when=Property("LogsConfig.S3Logs.Status", one_of("ENABLED"), "DISABLED"),
    ),
    Rule(
        "CodeBuild.4",
        (BUILD,),
        AnyOf(
            (
                Property("LogsConfig.S3Logs.Status", one_of("ENABLED"), "DISABLED"),
                Property("LogsConfig.CloudWatchLogs.Status", one_of("ENABLED"), "ENABLED"),
            )
        ),
    ),
    row("Cognito.1", USERS, "UserPoolAddOns.AdvancedSecurityMode", one_of("ENFORCED"), "OFF"),
    row("Cognito.2", IDENTITIES, "AllowUnauthenticatedIdentities", is_false, "false"),
    Rule("Cognito.3", (USERS,), AnyOf((Property("Policies.PasswordPolicy", is_absent), demands_strength))),
    row("Cognito.6", USERS, "DeletionProtection", one_of("ACTIVE"), "INACTIVE"),
    row("Connect.2", "AWS::Connect::Instance", "Attributes.ContactflowLogs", is_true, "false"),
    row("EFS.1", FILES, "Encrypted", is_true, "false"),
    row("EFS.3", ACCESS, "RootDirectory.Path", none_of("/"), "/"),
    row("EFS.4", ACCESS, "PosixUser", is_given),
    row("EFS.7", FILES, "BackupPolicy.Status", one_of("ENABLED", "ENABLING"), "DISABLED"),
    row("EFS.8", FILES, "Encrypted", is_true, "false"),
    Rule(
        "ElasticBeanstalk.1",
        (BEANSTALK,),
        option("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
    ),
    Rule(
        "ElasticBeanstalk.2",
        (BEANSTALK,),
        option("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled", "true"),
    ),
    Rule(
        "ElasticBeanstalk.3",
        (BEANSTALK,),
        option("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs", "true"),
    ),
    Rule(
        "FSx.1",
        (FSX,),
        When(
            of_kind("OPENZFS"),
            AllOf(
                (
                    Property("OpenZFSConfiguration.CopyTagsToBackups", is_true, "false"),
                    Property("OpenZFSConfiguration.CopyTagsToVolumes", is_true, "false"),
                )
            ),
        ),
    ),
    row("FSx.2", FSX, "LustreConfiguration.CopyTagsToBackups", is_true, "false", when=of_kind("LUSTRE")),
    row(
        "FSx.3",
        FSX,
        "OpenZFSConfiguration.DeploymentType",
        starts_with("MULTI_AZ"),
        when=of_kind("OPENZFS"),
    ),
    row("FSx.4", FSX, "OntapConfiguration.DeploymentType", starts_with("MULTI_AZ"), when=of_kind("ONTAP")),
    row(
        "FSx.5",
        FSX,
        "WindowsConfiguration.DeploymentType",
        starts_with("MULTI_AZ"),
        "SINGLE_AZ_1",
        when=of_kind("WINDOWS"),
    ),
    row(
        "MQ.2",
        "AWS::AmazonMQ::Broker",
        "Logs.Audit",
        is_true,
        "false",
        when=Property("EngineType", one_of("ActiveMQ")),
    ),
    row("MSK.1", KAFKA, "EncryptionInfo.EncryptionInTransit.ClientBroker", one_of("TLS"), "TLS"),
    row(
        "MSK.4",
        KAFKA,
        "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
        one_of("DISABLED"),
        "DISABLED",
    ),
    row("MSK.6", KAFKA, "ClientAuthentication.Unauthenticated.Enabled", is_false, "false"),
    Rule(
        "NetworkFirewall.3",
        (FIREWALL_POLICY,),
        AnyOf(
            (
                Property("FirewallPolicy.StatefulRuleGroupReferences", has_at_least(1)),
                Property("FirewallPolicy.StatelessRuleGroupReferences", has_at_least(1)),
            )
        ),
    ),
    row("NetworkFirewall.4", FIREWALL_POLICY, "FirewallPolicy.StatelessDefaultActions", has_none("aws:pass")),
    row(
        "NetworkFirewall.5",
        FIREWALL_POLICY,
        "FirewallPolicy.StatelessFragmentDefaultActions",
        has_none("aws:pass"),
    ),
    row(
        "NetworkFirewall.6",
        "AWS::NetworkFirewall::RuleGroup",
        "RuleGroup.RulesSource.StatelessRulesAndCustomActions.StatelessRules",
        has_at_least(1),
        when=Property("Type", one_of("STATELESS")),
    ),
    row("NetworkFirewall.9", FIREWALL, "DeleteProtection", is_true, "false"),
    row("NetworkFirewall.10", FIREWALL, "SubnetChangeProtection", is_true, "false"),
    row("SageMaker.1", NOTEBOOK, "DirectInternetAccess", one_of("Disabled"), "Enabled"),
    row("SageMaker.2", NOTEBOOK, "SubnetId", is_given),
    row("SageMaker.3", NOTEBOOK, "RootAccess", one_of("Disabled"), "Enabled"),
    Rule(
        "SageMaker.4",
        ("AWS::SageMaker::EndpointConfig",),
        Each(
            "ProductionVariants",
            When(
                Property("ServerlessConfig", is_absent),
                Property("InitialInstanceCount", at_least(2)),
            ),
        ),
    ),
    row("SageMaker.5", "AWS::SageMaker::Model", "EnableNetworkIsolation", is_true, "false"),
    Rule("SecretsManager.1", ("AWS::SecretsManager::Secret",), is_rotated),
    row("Transfer.2", "AWS::Transfer::Server", "Protocols", has_none("FTP"), ["SFTP"]),
    row("WorkSpaces.1", WORKSPACE, "UserVolumeEncryptionEnabled", is_true, "false"),
    row("WorkSpaces.2", WORKSPACE, "RootVolumeEncryptionEnabled", is_true, "false"),
)
