"""
AWS Security Hub CSPM on this machine, inside moto: as strict as AWS's, as fast as tests need it.

A call that AWS refuses gets AWS's code; a call that AWS accepts and this does not model gets
NotModelled. Each module names the source of its rules. Assumptions that AWS does not document:

* an empty list of filter values, a batch of none and an update of nothing are refused;
* NextToken lives 15 minutes, MaxResults is 100 when absent, and there is no snapshot between pages;
* UserDefinedFields are replaced, not merged;
* of a finding that is named twice in a batch, the later mentions are refused;
* PASSED sets RESOLVED also on a finding's first report;
* several requirements that the documentation states in prose are worded as JSON Schema would.
"""

from playground.hub.hub import Hub, LinkingMode
from playground.hub.knobs import Call, Knobs
from playground.hub.plug import hub, install

__all__ = ["Call", "Hub", "Knobs", "LinkingMode", "hub", "install"]
