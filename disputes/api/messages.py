"""The calls about what is said in a dispute."""

from typing import Any

from django.db.models import TextChoices
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from disputes.models import CaseMessage, DisputeCase
from disputes.services import messaging
from disputes.services.messaging import LONGEST_MESSAGE
from shopdisputes.actors import DESK
from shopdisputes.api.fields import Choice, In, Out, Text
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet


class Purpose(TextChoices):
    """Who is to read it, and what follows."""

    MESSAGE = "message"
    QUESTION = "question"
    NOTE = "note"
    ANSWER = "answer"


class MessageOut(Out):
    """What somebody said; what is ``internal`` the customer does not read."""

    id = serializers.UUIDField()
    side = serializers.ChoiceField(choices=CaseMessage.Side.choices)
    internal = serializers.BooleanField()
    text = serializers.CharField()
    said_at = serializers.DateTimeField()
    said_by = serializers.CharField()


class MessageIn(In):
    """What is said."""

    text = Text(max_length=LONGEST_MESSAGE)
    purpose = Choice(
        choices=Purpose.choices,
        required=False,
        help_text=(
            "message: mailed to the customer; question: mailed, and the case waits for the answer;"
            " note: for the shop alone; answer: what the customer said otherwise. Left out: message"
        ),
    )


class MessageViewSet(ShopViewSet):
    """What is said in a dispute."""

    queryset = CaseMessage.objects.all()
    out = MessageOut
    ordering = ("said_at", "id")
    writers = DESK
    filter_backends = []

    def get_queryset(self) -> Any:
        """The messages of the case that the address names."""
        return super().get_queryset().filter(case=self._case())

    @extend_schema(responses=MessageOut(many=True))
    def every(self, request: Request, pk: Any) -> Response:
        """All of them, page by page, as they were said."""
        return self.list(request)

    @extend_schema(request=MessageIn, responses={201: MessageOut})
    @idempotent
    def say(self, request: Request, pk: Any) -> Response:
        """Say something to the customer, or note what was said."""
        case = self._case()
        sent = self.read(MessageIn)
        facts: dict[str, Any] = {
            "case": case,
            "text": sent["text"],
            "by": self.actor,
            "at": timezone.now(),
        }
        match Purpose(sent.get("purpose", Purpose.MESSAGE)):
            case Purpose.QUESTION:
                made = messaging.ask(**facts)
            case Purpose.ANSWER:
                made = messaging.note_answer(**facts)
            case purpose:
                made = messaging.say(**facts, internal=purpose == Purpose.NOTE)
        return self.answer(made, status=201)

    def _case(self) -> DisputeCase:
        cases = DisputeCase.objects.for_shop(self.shop)
        found: DisputeCase = get_object_or_404(cases.with_everything(), pk=self.kwargs["pk"])
        return found
