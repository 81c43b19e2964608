"""What was signed, by whom, how, and what was not verified."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class TextCode(models.TextChoices):
    """The sentences that people accept, and the shop's own words on documents."""

    ELECTRONIC_RECORDS = "electronic_records", _("Consent to electronic documents")
    AUTHORIZATION = "authorization", _("Sentence of authorization")
    AUTHORIZE_NOTHING = "authorize_nothing", _("Sentence when nothing is authorized")
    PAPER_AUTHORIZATION = "paper_authorization", _("Sentence on a print for signature")
    ESTIMATE_TERMS = "estimate_terms", _("Terms on the estimate")
    INSPECTION_AGREE = "inspection_agree", _("Sentence of agreement to an inspection")
    INSPECTION_REMARKS = (
        "inspection_remarks",
        _("Sentence of agreement to an inspection with remarks"),
    )
    INSPECTION_DISAGREE = "inspection_disagree", _("Sentence of disagreement with an inspection")
    INVOICE_RECEIVED = "invoice_received", _("Sentence of receipt of an invoice")
    PAYMENT_PLAN = "payment_plan", _("Sentence of agreement to a payment plan")
    STOP_CHOICE = "stop_choice", _("Sentence of choice after a stopped repair")
    HAND_OVER = "hand_over", _("Sentence when a vehicle is collected")
    SETTLEMENT = "settlement", _("Sentence of agreement to a settlement")


class LegalTextQuerySet(ShopQuerySet):
    """Reads of texts."""

    def current(self, *, code: str, language: str) -> "LegalText":
        """Return the version in force of a text in a language."""
        return self.filter(code=code, language=language).order_by("-version")[0]


class LegalText(ShopOwned):
    """One version of a text in one language. Editing makes the next version."""

    code = models.CharField(_("text"), max_length=30, choices=TextCode.choices)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    version = models.PositiveSmallIntegerField(_("version"))
    #: May hold ``#amount``, ``#choice``, ``#count``, ``#number``, ``#revision``, ``#shop``.
    body = models.TextField(_("wording"), max_length=4000)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    created_at = models.DateTimeField()

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "code", "language", "version"], name="legal_text_version_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} · {self.language} · {self.version}"


class EmailCode(ShopOwned):
    """A one-time code mailed to the holder of a link.

    The six digits are derived from this row's key and the secret key; they are stored nowhere.
    """

    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, related_name="codes")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("code by e-mail")
        verbose_name_plural = _("codes by e-mail")

    def __str__(self) -> str:
        return f"{self.link_id} · {self.created_at:%Y-%m-%d %H:%M}"


class SignatureMethod(models.TextChoices):
    """How the name was put."""

    TYPED = "typed", _("typed")
    DRAWN = "drawn", _("drawn")
    PAPER = "paper", _("on paper")


class Signature(ShopOwned):
    """A signed act. Never changed, never deleted.

    ``sentence`` is the exact text accepted, as it was shown; ``subject_sha256`` is the hash of
    the canonical JSON of what was signed.
    """

    act = models.CharField(_("act"), max_length=40)
    target_id = models.UUIDField()
    repair_order_id = models.UUIDField(null=True)
    link = models.ForeignKey(
        AccessLink, on_delete=models.PROTECT, null=True, related_name="signatures"
    )
    evidence_level = models.CharField(
        _("evidence level"), max_length=2, choices=EvidenceLevel.choices
    )
    method = models.CharField(_("method"), max_length=10, choices=SignatureMethod.choices)
    signer_name = models.CharField(_("signer"), max_length=200)
    signer_email = models.EmailField(_("e-mail used"), blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, null=True, related_name="+")
    sentence = models.TextField(_("sentence accepted"))
    sentence_sha256 = models.CharField(max_length=64)
    consent_text = models.ForeignKey(
        LegalText, on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject_sha256 = models.CharField(max_length=64)
    #: SHA-256 of the PDF offered before signing; empty when it was not typeset yet.
    shown_pdf_sha256 = models.CharField(max_length=64, blank=True)
    image = models.BinaryField(null=True, editable=False)
    image_sha256 = models.CharField(max_length=64, blank=True)
    strokes = models.JSONField(null=True, editable=False)
    signed_at = models.DateTimeField(_("signed at"))
    signer_timezone = models.CharField(max_length=60, blank=True)
    ip_address = models.CharField(_("IP address"), max_length=45, blank=True)
    user_agent = models.CharField(_("browser"), max_length=400, blank=True)
    code = models.ForeignKey(EmailCode, on_delete=models.PROTECT, null=True, related_name="+")
    witness = models.CharField(_("in the presence of"), max_length=200, blank=True)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.CheckConstraint(
                condition=~Q(method=SignatureMethod.DRAWN) | ~Q(image_sha256=""),
                name="signature_drawn_has_its_image",
            ),
            models.CheckConstraint(
                condition=~Q(evidence_level=EvidenceLevel.L3) | Q(code__isnull=False),
                name="signature_l3_has_its_code",
            ),
            models.CheckConstraint(
                condition=~Q(evidence_level=EvidenceLevel.L2) | Q(method=SignatureMethod.DRAWN),
                name="signature_l2_is_drawn",
            ),
        ]
        indexes = [models.Index(fields=["shop", "target_id"], name="signature_by_target")]

    def __str__(self) -> str:
        return f"{self.signer_name} · {self.evidence_level}"
