"""What stands in front of the edge: CloudFront, its filter, and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi

from infra.config.settings import Settings
from infra.edge.distribution import Distribution, DistributionArgs
from infra.edge.dns import Dns
from infra.edge.web_filter import WebFilter, WebFilterArgs
from infra.identity import policies
from infra.keys.key import Key, KeyArgs
from infra.observability.alarm_plan import PlannedAlarm, of_certificate
from infra.observability.alarms import make_alarm
from infra.observability.alerts import Alerts, AlertsArgs
from infra.stack import Stack
from infra.storage.bucket import Bucket

# CloudFront's own region: its certificates, filters, logs and metrics are there, wherever the stack
# is. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
HOME = "us-east-1"
FILTER_STOPS = 1000  # requests in five minutes; single probes are always there


@dataclass(frozen=True, slots=True)
class CdnArgs:
    """`dns` has the domain, its zone and the origin's name; `logs` takes the access logs."""

    settings: Settings
    dns: Dns
    logs: Bucket


class Cdn(pulumi.ComponentResource):
    """CloudFront with AWS WAF, in front of whatever the compute profile runs.

    Children: a `Key` of us-east-1, a `WebFilter` where one is wanted, the `Distribution`; where
    alarms are wanted, `Alerts` of us-east-1 (an alarm tells topics of its own region only) and the
    alarms. The certificate and the records are the domain's (`Dns`).
    """

    def __init__(
        self, name: str, stack: Stack, args: CdnArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:edge:Cdn", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        config = args.settings.stack
        statements = policies.key_for_logs_and_alarms(stack.account, HOME)
        key = Key(
            f"{name}-key",
            stack,
            KeyArgs("CloudFront: logs and alerts", statements, HOME),
            self._child,
        )
        certificate_arn = args.dns.certificate_in(HOME, name)
        self._filter = self._make_filter(key) if config.edge.cdn.waf else None
        self._distribution = Distribution(
            name,
            stack,
            DistributionArgs(
                domain=config.edge.domain,
                origin=args.dns.origin,
                region=HOME,
                certificate_arn=certificate_arn,
                filter_arn=self._filter.arn if self._filter else None,
                logs=args.logs,
            ),
            self._child,
        )
        args.dns.front(self._distribution)
        if config.alerts.alarms:
            alerts = Alerts(
                f"{name}-alerts",
                stack,
                AlertsArgs(key.arn, config.alerts.emails, HOME),
                self._child,
            )
            for alarm in self._alarms(certificate_arn):
                make_alarm(stack, alarm, alerts.topic_arn, self._child, HOME)
        self.register_outputs({})

    def _make_filter(self, key: Key) -> WebFilter:
        days = self._args.settings.stack.logs.retention_days
        args = WebFilterArgs(HOME, key.arn, days)
        return WebFilter(f"{self._name}-filter", self._stack, args, self._child)

    def _alarms(self, certificate_arn: pulumi.Output[str]) -> tuple[PlannedAlarm, ...]:
        (certificate,) = of_certificate(certificate_arn)
        errors = PlannedAlarm(
            f"{self._name}-errors",
            "AWS/CloudFront",
            "5xxErrorRate",
            {"DistributionId": self._distribution.id, "Region": "Global"},
            5,
            "One answer in twenty is an error: is the origin up? Its alarms and nginx's log say "
            "more; 502 alone means that CloudFront finds no certificate that fits.",
        )
        stopped = PlannedAlarm(
            f"{self._name}-stopped",
            "AWS/WAFV2",
            "BlockedRequests",
            {"WebACL": self._filter.metric_name if self._filter else "", "Rule": "ALL"},
            FILTER_STOPS,
            "The filter stops many requests: an attack, or a rule that stops our own clients. The "
            "log group aws-waf-logs-... says which rule and whose address.",
            statistic="Sum",
        )
        found = (replace(certificate, slot=f"{self._name}-certificate"), errors)
        return (*found, stopped) if self._filter else found
