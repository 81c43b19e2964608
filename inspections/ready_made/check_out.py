"""The car as it leaves: what was done, and that it is otherwise as it came."""

from collections.abc import Sequence
from dataclasses import replace

from inspections.ready_made.round_the_car import BODY, IDENTITY, INSIDE, WHEELS
from inspections.ready_made.shape import ReadyMade, ReadyMadeItem, words
from inspections.states import ItemKind, PhotoRule, Stage

_WORK = words("Work done", "Travaux effectués", "Выполненные работы")
_RETURNED = words("Returned", "Restitué", "Возвращено")


def _optional_vin(identity: Sequence[ReadyMadeItem]) -> list[ReadyMadeItem]:
    """Leave the VIN's photo to the check-in: plate and odometer show that it is the same car."""
    return [
        replace(item, photo_rule=PhotoRule.NEVER) if item.kind == ItemKind.VIN else item
        for item in identity
    ]


CHECK_OUT = ReadyMade(
    code="check_out",
    stage=Stage.CHECK_OUT,
    name=words("Vehicle check-out", "Restitution du véhicule", "Выдача автомобиля"),
    items=(
        *_optional_vin(IDENTITY),
        ReadyMadeItem(
            section=_WORK,
            name=words("Work done", "Travaux réalisés", "Выполненные работы"),
            help=words(
                "Each authorized job: the finished place, with the new part where it shows.",
                "Chaque travail autorisé\u00a0: le résultat, avec la pièce neuve si visible.",
                "Каждая согласованная работа: результат и новая деталь, если она видна.",
            ),
            photo_rule=PhotoRule.ALWAYS,
        ),
        ReadyMadeItem(
            section=_WORK,
            name=words(
                "Wheel bolts, final torque",
                "Vis de roues, serrage final",
                "Колёсные болты, контрольная затяжка",
            ),
            help=words(
                "As the maker states; not inspected when no wheel was off.",
                "Selon le constructeur\u00a0; non contrôlé si aucune roue n’a été déposée.",
                "По данным изготовителя; если колёса не снимали — «не проверено».",
            ),
            kind=ItemKind.MEASUREMENT,
            unit="Nm",
        ),
        ReadyMadeItem(
            section=_WORK,
            name=words("Fault memory", "Mémoire des défauts", "Память неисправностей"),
            help=words(
                "Read and cleared after the work; report as PDF when one was made.",
                "Lue et effacée après les travaux\u00a0; rapport en PDF s’il y en a un.",
                "Считана и очищена после работ; отчёт в PDF, если он есть.",
            ),
        ),
        ReadyMadeItem(
            section=_WORK,
            name=words("Test drive", "Essai sur route", "Пробная поездка"),
            help=words(
                "Brakes, steering, noises; the customer’s complaint is gone.",
                "Freins, direction, bruits\u00a0; le symptôme décrit a disparu.",
                "Тормоза, руль, шумы; жалоба клиента устранена.",
            ),
        ),
        *BODY,
        *WHEELS,
        *INSIDE,
        ReadyMadeItem(
            section=_RETURNED,
            name=words("Cleanliness", "Propreté", "Чистота"),
            help=words(
                "No finger marks or grease; protective covers taken out.",
                "Ni traces de doigts ni graisse\u00a0; housses de protection retirées.",
                "Без следов рук и масла; защитные чехлы сняты.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
        ),
        ReadyMadeItem(
            section=_RETURNED,
            name=words("Old parts shown", "Anciennes pièces présentées", "Старые детали показаны"),
            help=words(
                "Shown to the customer, and handed over if he asked for them.",
                "Présentées au client, et remises s’il les a demandées.",
                "Показаны клиенту и переданы, если он просил.",
            ),
        ),
        ReadyMadeItem(
            section=_RETURNED,
            name=words("Keys returned", "Clés restituées", "Ключи возвращены"),
            help=words(
                "As many as were handed over.",
                "Autant qu’il en a été remis.",
                "Столько, сколько было передано.",
            ),
            pair_key="keys",
        ),
        ReadyMadeItem(
            section=_RETURNED,
            name=words("Documents returned", "Documents restitués", "Документы возвращены"),
            pair_key="documents",
        ),
        ReadyMadeItem(
            section=_RETURNED,
            name=words(
                "Belongings in the car",
                "Effets personnels à bord",
                "Вещи в автомобиле",
            ),
            help=words(
                "What was noted at check-in is still there.",
                "Ce qui a été noté à la réception est toujours là.",
                "То, что записано при приёмке, на месте.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
            pair_key="belongings",
        ),
        ReadyMadeItem(
            section=_RETURNED,
            name=words(
                "Spare wheel and tools",
                "Roue de secours et outillage",
                "Запасное колесо и инструмент",
            ),
            help=words(
                "Back in place and fastened, wheel nut key included.",
                "Remis en place et fixés, douille antivol comprise.",
                "На месте и закреплены, включая ключ-секретку.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
            pair_key="spare_wheel",
        ),
    ),
)
