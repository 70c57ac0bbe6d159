"""Who may sign in to the workspace, and the groups that say what they may do."""

from typing import cast

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.stage import Stage

GROUPS = ("admin", "engineer", "marketer", "analyst", "service", "privacy")


class People(Construct):
    def __init__(self, scope: Construct, id: str, *, stage: Stage) -> None:
        super().__init__(scope, id)
        self.pool = cognito.UserPool(
            self,
            "pool",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
            ),
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            deletion_protection=stage.is_kept,
            removal_policy=stage.removal_policy,
        )
        # By name: the function is in the other stack, which is made after this one.
        self.note_login = f"regulars-{stage.name}-note_login"
        if stage.notes_logins:
            pool = cast("cognito.CfnUserPool", self.pool.node.default_child)
            pool.lambda_config = cognito.CfnUserPool.LambdaConfigProperty(
                pre_token_generation=Stack.of(self).format_arn(
                    service="lambda",
                    resource="function",
                    resource_name=self.note_login,
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
            )
        acknowledge(
            self.pool,
            "COG8",
            because="The Plus plan is paid for each user and adds risk scores to a pool that admins fill by hand.",
        )
        for group in GROUPS:
            cognito.CfnUserPoolGroup(self, group, group_name=group, user_pool_id=self.pool.user_pool_id)
        self.client = self.pool.add_client(
            "client",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            generate_secret=False,
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(30),
        )
