"""How machines get a release: Systems Manager's parameter, command and association (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import needs

_TAGS = "ListTagsForResource "
_TAG, _RETAG = "AddTagsToResource ", "AddTagsToResource RemoveTagsFromResource "

TYPES = {
    "aws:ssm/parameter:Parameter": needs(
        "ssm",
        read=_TAGS + "GetParameter DescribeParameters",
        make=_TAG + "PutParameter",
        change=_RETAG + "PutParameter",
        remove="DeleteParameter",
    ),
    "aws:ssm/document:Document": needs(
        "ssm",
        read=_TAGS + "DescribeDocument DescribeDocumentPermission GetDocument",
        make=_TAG + "CreateDocument",
        change=_RETAG + "UpdateDocument UpdateDocumentDefaultVersion",
        remove="DeleteDocument",
    ),
    "aws:ssm/association:Association": needs(
        "ssm",
        read=_TAGS + "DescribeAssociation",
        make=_TAG + "CreateAssociation",
        change=_RETAG + "UpdateAssociation",
        remove="DeleteAssociation",
    ),
}
