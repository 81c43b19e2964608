"""The car as it comes: what the customer and the shop agree on before anybody touches it."""

from inspections.ready_made.round_the_car import BODY, IDENTITY, INSIDE, WHEELS
from inspections.ready_made.shape import ReadyMade, ReadyMadeItem, words
from inspections.states import PhotoRule, Stage

_UNDER = words(
    "Under the bonnet and the car", "Sous le capot et le véhicule", "Под капотом и днищем"
)
_HANDED_OVER = words("Handed over", "Remis à l’atelier", "Передано мастерской")

CHECK_IN = ReadyMade(
    code="check_in",
    stage=Stage.CHECK_IN,
    name=words("Vehicle check-in", "Réception du véhicule", "Приёмка автомобиля"),
    items=(
        *IDENTITY,
        *BODY,
        *WHEELS,
        *INSIDE,
        ReadyMadeItem(
            section=_UNDER,
            name=words("Visible leaks", "Fuites visibles", "Видимые течи"),
            help=words(
                "A look under the bonnet and at the ground where the car stood.",
                "Un coup d’œil sous le capot et au sol, là où le véhicule était garé.",
                "Осмотрите подкапотное пространство и место, где стоял автомобиль.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
        ),
        ReadyMadeItem(
            section=_HANDED_OVER,
            name=words("Keys handed over", "Clés remises", "Переданные ключи"),
            help=words(
                "How many, with which remote; write it in the note.",
                "Combien, avec quelle télécommande\u00a0; indiquez-le dans la note.",
                "Сколько и с каким брелоком; укажите в примечании.",
            ),
            pair_key="keys",
        ),
        ReadyMadeItem(
            section=_HANDED_OVER,
            name=words("Documents handed over", "Documents remis", "Переданные документы"),
            help=words(
                "Registration, service booklet, code of the radio or the wheel lock.",
                "Certificat d’immatriculation, carnet d’entretien, code autoradio ou antivol.",
                "Свидетельство о регистрации, сервисная книжка, код магнитолы или секретки.",
            ),
            pair_key="documents",
        ),
        ReadyMadeItem(
            section=_HANDED_OVER,
            name=words(
                "Belongings left in the car",
                "Effets personnels laissés à bord",
                "Вещи, оставленные в автомобиле",
            ),
            help=words(
                "Ask for valuables to be taken along; note what stays.",
                "Invitez le client à reprendre ses objets de valeur\u00a0; notez ce qui reste.",
                "Попросите забрать ценные вещи; запишите, что остаётся.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
            pair_key="belongings",
        ),
        ReadyMadeItem(
            section=_HANDED_OVER,
            name=words(
                "Spare wheel and tools",
                "Roue de secours et outillage",
                "Запасное колесо и инструмент",
            ),
            help=words(
                "Spare wheel or repair kit, jack, wheel nut key for the lock.",
                "Roue de secours ou kit anticrevaison, cric, douille antivol.",
                "Запаска или ремкомплект, домкрат, ключ-секретка.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
            pair_key="spare_wheel",
        ),
    ),
)
