"""Ironic's state machine, as far as the fake bare metal service knows it."""

from __future__ import annotations

from collections.abc import Mapping

from tripleo_cli.domain.node import ProvisionState, Verb

S = ProvisionState

# Which states allow a verb, and what a node passes through then (source: Ironic's
# state machine, ironic/common/states.py of release 39).
PATHS: Mapping[tuple[Verb, ProvisionState], tuple[ProvisionState, ...]] = {
    (Verb.MANAGE, S.ENROLL): (S.VERIFYING, S.MANAGEABLE),
    (Verb.MANAGE, S.AVAILABLE): (S.MANAGEABLE,),
    (Verb.MANAGE, S.INSPECT_FAILED): (S.MANAGEABLE,),
    (Verb.MANAGE, S.CLEAN_FAILED): (S.MANAGEABLE,),
    (Verb.MANAGE, S.ADOPT_FAILED): (S.MANAGEABLE,),
    (Verb.INSPECT, S.MANAGEABLE): (S.INSPECTING, S.INSPECT_WAIT, S.MANAGEABLE),
    (Verb.INSPECT, S.INSPECT_FAILED): (S.INSPECTING, S.INSPECT_WAIT, S.MANAGEABLE),
    (Verb.PROVIDE, S.MANAGEABLE): (S.CLEANING, S.AVAILABLE),
    (Verb.CLEAN, S.MANAGEABLE): (S.CLEANING, S.CLEAN_WAIT, S.MANAGEABLE),
    (Verb.ABORT, S.INSPECT_WAIT): (S.INSPECT_FAILED,),
    (Verb.ABORT, S.CLEAN_WAIT): (S.CLEAN_FAILED,),
    (Verb.ABORT, S.CLEAN_HOLD): (S.CLEAN_FAILED,),
    (Verb.ABORT, S.DEPLOY_WAIT): (S.DEPLOY_FAILED,),
    (Verb.ABORT, S.DEPLOY_HOLD): (S.DEPLOY_FAILED,),
    (Verb.ABORT, S.RESCUE_WAIT): (S.RESCUE_FAILED,),
    (Verb.ABORT, S.SERVICE_WAIT): (S.SERVICE_FAILED, S.ACTIVE),
    (Verb.ABORT, S.SERVICE_HOLD): (S.SERVICE_FAILED, S.ACTIVE),
    (Verb.ABORT, S.SERVICE_FAILED): (S.ACTIVE,),
    (Verb.DELETED, S.ACTIVE): (S.DELETING, S.CLEANING, S.AVAILABLE),
    (Verb.DELETED, S.DEPLOY_FAILED): (S.DELETING, S.CLEANING, S.AVAILABLE),
    (Verb.DELETED, S.DEPLOY_WAIT): (S.DELETING, S.CLEANING, S.AVAILABLE),
    (Verb.DELETED, S.ERROR): (S.DELETING, S.CLEANING, S.AVAILABLE),
}
FAILURES: Mapping[Verb, ProvisionState] = {
    Verb.MANAGE: S.ENROLL,
    Verb.INSPECT: S.INSPECT_FAILED,
    Verb.PROVIDE: S.CLEAN_FAILED,
    Verb.CLEAN: S.CLEAN_FAILED,
    Verb.DELETED: S.ERROR,
}
DELETABLE = {S.ENROLL, S.MANAGEABLE, S.AVAILABLE, S.ADOPT_FAILED}
REWIRABLE = {S.ENROLL, S.INSPECTING, S.INSPECT_WAIT, S.MANAGEABLE, S.AVAILABLE}
"""Where a node may get another driver or interface; under maintenance anywhere."""
