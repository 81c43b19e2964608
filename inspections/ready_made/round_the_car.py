"""What is looked at when a car comes and again when it leaves, so that the two can be compared.

The order is that of one walk: begin at the front, keep the car on your left hand, come back to
the front, get in.
"""

from decimal import Decimal

from inspections.ready_made.shape import ReadyMadeItem, Words, words
from inspections.states import ItemKind, PhotoRule

#: The least depth that European law allows, and what workshops call low.
_TREAD = {"urgent_below": Decimal("1.6"), "attention_below": Decimal("3.0")}

_IDENTITY = words("Vehicle", "Véhicule", "Автомобиль")
_BODY = words("Bodywork", "Carrosserie", "Кузов")
_WHEELS = words("Wheels and tyres", "Roues et pneus", "Колёса и шины")
_INSIDE = words("Inside", "Habitacle", "Салон")

IDENTITY = (
    ReadyMadeItem(
        section=_IDENTITY,
        name=words("VIN", "Numéro de série (VIN)", "VIN"),
        help=words(
            "Read it off the windscreen or the door pillar, not off the papers.",
            "Relevez-le sur le pare-brise ou le montant de porte, pas sur les papiers.",
            "Считайте его с лобового стекла или стойки двери, а не с документов.",
        ),
        kind=ItemKind.VIN,
        photo_rule=PhotoRule.ALWAYS,
        pair_key="vin",
    ),
    ReadyMadeItem(
        section=_IDENTITY,
        name=words("Number plate", "Plaque d’immatriculation", "Номерной знак"),
        help=words(
            "Take the plate together with a part of the car.",
            "Photographiez la plaque avec une partie du véhicule.",
            "Снимите знак вместе с частью автомобиля.",
        ),
        kind=ItemKind.PLATE,
        photo_rule=PhotoRule.ALWAYS,
        pair_key="plate",
    ),
    ReadyMadeItem(
        section=_IDENTITY,
        name=words("Odometer", "Compteur kilométrique", "Одометр"),
        help=words(
            "Ignition on; the figure must be readable in the photo.",
            "Contact mis\u00a0; le chiffre doit être lisible sur la photo.",
            "Включите зажигание; показание должно читаться на фото.",
        ),
        kind=ItemKind.ODOMETER,
        unit="km",
        photo_rule=PhotoRule.ALWAYS,
        pair_key="odometer",
    ),
)

_DAMAGE = words(
    "Dents, scratches, chips, loose parts. A close-up of each, besides the two angles.",
    "Bosses, rayures, éclats, pièces mal fixées. Un gros plan de chacun, en plus des deux angles.",
    "Вмятины, царапины, сколы, незакреплённые детали. Крупный план каждого, кроме двух ракурсов.",
)


def _side(key: str, name: Words, first: Words, second: Words) -> ReadyMadeItem:
    return ReadyMadeItem(
        section=_BODY,
        name=name,
        help=_DAMAGE,
        photo_rule=PhotoRule.ALWAYS,
        shots=[first, second],
        pair_key=key,
    )


BODY = (
    _side(
        "body_front",
        words("Front of the car", "Avant du véhicule", "Передняя часть кузова"),
        words("Front", "Face avant", "Спереди"),
        words("Front left", "Angle avant gauche", "Спереди слева"),
    ),
    _side(
        "body_left",
        words("Left side", "Côté gauche", "Левая сторона кузова"),
        words("Left", "Profil gauche", "Слева"),
        words("Rear left", "Angle arrière gauche", "Сзади слева"),
    ),
    _side(
        "body_rear",
        words("Rear of the car", "Arrière du véhicule", "Задняя часть кузова"),
        words("Rear", "Face arrière", "Сзади"),
        words("Rear right", "Angle arrière droit", "Сзади справа"),
    ),
    _side(
        "body_right",
        words("Right side", "Côté droit", "Правая сторона кузова"),
        words("Right", "Profil droit", "Справа"),
        words("Front right", "Angle avant droit", "Спереди справа"),
    ),
    ReadyMadeItem(
        section=_BODY,
        name=words("Roof and bonnet", "Toit et capot", "Крыша и капот"),
        help=words(
            "Hail, stone chips, roof rack, aerial.",
            "Grêle, éclats de gravillons, barres de toit, antenne.",
            "Град, сколы от камней, багажник на крыше, антенна.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
        shots=[words("Roof", "Toit", "Крыша"), words("Bonnet", "Capot", "Капот")],
        pair_key="body_top",
    ),
    ReadyMadeItem(
        section=_BODY,
        name=words("Windscreen and windows", "Pare-brise et vitres", "Лобовое стекло и окна"),
        help=words(
            "Chips and cracks, above all in the driver’s view.",
            "Impacts et fissures, surtout dans le champ de vision du conducteur.",
            "Сколы и трещины, прежде всего в зоне обзора водителя.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
        pair_key="windscreen",
    ),
    ReadyMadeItem(
        section=_BODY,
        name=words("Lamps and mirrors", "Feux et rétroviseurs", "Фары и зеркала"),
        help=words(
            "Cracked, fogged or loose; the mirrors fold and hold.",
            "Fêlés, embués ou mal fixés\u00a0; les rétroviseurs se rabattent et tiennent.",
            "Треснувшие, запотевшие или болтающиеся; зеркала складываются и держатся.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
        pair_key="lamps",
    ),
)


def _wheel(key: str, name: Words) -> ReadyMadeItem:
    return ReadyMadeItem(
        section=_WHEELS,
        name=name,
        help=words(
            "The least tread depth; uneven wear, cuts and bulges; the rim.",
            "La plus faible profondeur\u00a0; usure inégale, coupures et hernies\u00a0; la jante.",
            "Наименьшая глубина протектора; неравномерный износ, порезы, грыжи; диск.",
        ),
        kind=ItemKind.MEASUREMENT,
        unit="mm",
        photo_rule=PhotoRule.WHEN_NOT_OK,
        shots=[words("Tread", "Bande de roulement", "Протектор"), words("Rim", "Jante", "Диск")],
        pair_key=key,
        **_TREAD,
    )


WHEELS = (
    _wheel(
        "wheel_front_left", words("Front left wheel", "Roue avant gauche", "Переднее левое колесо")
    ),
    _wheel(
        "wheel_rear_left", words("Rear left wheel", "Roue arrière gauche", "Заднее левое колесо")
    ),
    _wheel(
        "wheel_rear_right", words("Rear right wheel", "Roue arrière droite", "Заднее правое колесо")
    ),
    _wheel(
        "wheel_front_right",
        words("Front right wheel", "Roue avant droite", "Переднее правое колесо"),
    ),
)

INSIDE = (
    ReadyMadeItem(
        section=_INSIDE,
        name=words("Warning lights", "Voyants d’alerte", "Контрольные лампы"),
        help=words(
            "Engine running: which stay lit. One photo of the whole instrument panel.",
            "Moteur tournant\u00a0: lesquels restent allumés. Une photo de tout le combiné.",
            "При работающем двигателе: какие не гаснут. Одно фото всей панели приборов.",
        ),
        photo_rule=PhotoRule.ALWAYS,
        pair_key="warning_lights",
    ),
    ReadyMadeItem(
        section=_INSIDE,
        name=words(
            "Lights, wipers and horn",
            "Éclairage, essuie-glaces, avertisseur",
            "Свет, дворники, сигнал",
        ),
        help=words(
            "Switch each of them on once; indicators and brake lights too.",
            "Actionnez-les un à un, clignotants et feux stop compris.",
            "Включите всё по одному разу, в том числе поворотники и стоп-сигналы.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
        pair_key="lighting",
    ),
    ReadyMadeItem(
        section=_INSIDE,
        name=words(
            "Fuel or charge level",
            "Niveau de carburant ou de charge",
            "Уровень топлива или заряда",
        ),
        help=words(
            "In percent, as the gauge shows it.",
            "En pour cent, selon la jauge.",
            "В процентах, по указателю.",
        ),
        kind=ItemKind.MEASUREMENT,
        unit="%",
        pair_key="fuel",
    ),
    ReadyMadeItem(
        section=_INSIDE,
        name=words("Seats and trim", "Sièges et garnitures", "Сиденья и обивка"),
        help=words(
            "Stains, tears, burns, missing covers.",
            "Taches, déchirures, brûlures, caches manquants.",
            "Пятна, разрывы, прожоги, недостающие накладки.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
        shots=[
            words("Front seats", "Sièges avant", "Передние сиденья"),
            words("Rear seats", "Sièges arrière", "Задние сиденья"),
        ],
        pair_key="seats",
    ),
    ReadyMadeItem(
        section=_INSIDE,
        name=words("Boot", "Coffre", "Багажник"),
        help=words(
            "Trim, parcel shelf, water or stains.",
            "Garnitures, tablette, eau ou taches.",
            "Обивка, полка, вода или пятна.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
        pair_key="boot",
    ),
)
