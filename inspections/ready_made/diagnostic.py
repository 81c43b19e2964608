"""What is wrong with the car: brakes, chassis, engine, electrics, memory of faults, road test.

The limits are those at which workshops usually warn; a maker's own go before them and a shop
changes them in its settings.
"""

from decimal import Decimal

from inspections.ready_made.shape import ReadyMade, ReadyMadeItem, Words, words
from inspections.states import ItemKind, PhotoRule, Stage

_COMPLAINT = words("Complaint", "Demande du client", "Жалоба")
_BRAKES = words("Brakes", "Freinage", "Тормоза")
_CHASSIS = words(
    "Steering and suspension", "Direction et suspension", "Рулевое управление и подвеска"
)
_ENGINE = words("Engine and drive", "Moteur et transmission", "Двигатель и трансмиссия")
_ELECTRICS = words("Electrics and lights", "Électricité et éclairage", "Электрика и свет")
_RESULT = words("Tester and road test", "Valise et essai routier", "Диагностика и пробная поездка")


def _pads(name: Words) -> ReadyMadeItem:
    return ReadyMadeItem(
        section=_BRAKES,
        name=name,
        help=words(
            "The thinnest lining of the axle, without its back plate.",
            "La garniture la plus mince de l’essieu, sans son support.",
            "Самая тонкая накладка на оси, без металлической основы.",
        ),
        kind=ItemKind.MEASUREMENT,
        unit="mm",
        urgent_below=Decimal("3.0"),
        attention_below=Decimal("5.0"),
        photo_rule=PhotoRule.WHEN_NOT_OK,
    )


def _discs(name: Words) -> ReadyMadeItem:
    return ReadyMadeItem(
        section=_BRAKES,
        name=name,
        help=words(
            "Grooves, cracks, rust; thickness against the minimum stamped on the disc.",
            "Rayures, fissures, rouille\u00a0; épaisseur comparée au minimum gravé sur le disque.",
            "Борозды, трещины, ржавчина; толщина в сравнении с минимумом на диске.",
        ),
        photo_rule=PhotoRule.WHEN_NOT_OK,
    )


def _seen(section: Words, name: Words, help_text: Words) -> ReadyMadeItem:
    return ReadyMadeItem(
        section=section, name=name, help=help_text, photo_rule=PhotoRule.WHEN_NOT_OK
    )


DIAGNOSTIC = ReadyMade(
    code="diagnostic",
    stage=Stage.DIAGNOSTIC,
    name=words("Diagnosis", "Diagnostic", "Диагностика"),
    items=(
        ReadyMadeItem(
            section=_COMPLAINT,
            name=words(
                "What the customer describes",
                "Symptôme décrit par le client",
                "Что описывает клиент",
            ),
            help=words(
                "Could it be reproduced? When, and how does it show? A video says it best.",
                "A-t-il été reproduit\u00a0? Quand et comment\u00a0? Une vidéo le montre mieux.",
                "Удалось ли воспроизвести? Когда и как проявляется? Лучше всего видео.",
            ),
        ),
        _pads(words("Brake pads, front", "Plaquettes avant", "Передние колодки")),
        _discs(words("Brake discs, front", "Disques avant", "Передние диски")),
        _pads(words("Brake pads, rear", "Plaquettes arrière", "Задние колодки")),
        _discs(words("Brake discs, rear", "Disques arrière", "Задние диски")),
        ReadyMadeItem(
            section=_BRAKES,
            name=words("Brake fluid", "Liquide de frein", "Тормозная жидкость"),
            help=words(
                "Level, and water content in percent.",
                "Niveau, et teneur en eau en pour cent.",
                "Уровень и содержание воды в процентах.",
            ),
            kind=ItemKind.MEASUREMENT,
            unit="%",
            attention_above=Decimal("1.5"),
            urgent_above=Decimal("3.0"),
        ),
        _seen(
            _BRAKES,
            words(
                "Brake hoses and parking brake",
                "Flexibles et frein de stationnement",
                "Шланги и стояночный тормоз",
            ),
            words(
                "Cracks, swelling, leaks; the parking brake holds on a slope.",
                "Craquelures, gonflements, fuites\u00a0; le frein tient en pente.",
                "Трещины, вздутия, течи; стояночный тормоз держит на уклоне.",
            ),
        ),
        _seen(
            _CHASSIS,
            words(
                "Springs, dampers, arms",
                "Ressorts, amortisseurs, triangles",
                "Пружины, амортизаторы, рычаги",
            ),
            words(
                "Breaks, oil on dampers, worn bushes and ball joints.",
                "Ruptures, suintements, silentblocs et rotules usés.",
                "Поломки, подтёки, износ сайлентблоков и шаровых опор.",
            ),
        ),
        _seen(
            _CHASSIS,
            words(
                "Steering rack and track rods",
                "Crémaillère et biellettes de direction",
                "Рулевая рейка и тяги",
            ),
            words(
                "Play, torn gaiters, noise at full lock.",
                "Jeu, soufflets déchirés, bruit en butée.",
                "Люфт, порванные пыльники, шум в крайнем положении.",
            ),
        ),
        _seen(
            _CHASSIS,
            words(
                "Wheel bearings and drive shafts",
                "Roulements et arbres de transmission",
                "Ступичные подшипники и приводные валы",
            ),
            words(
                "Play, growling, torn boots, lost grease.",
                "Jeu, grondement, soufflets déchirés, perte de graisse.",
                "Люфт, гул, порванные пыльники, потеря смазки.",
            ),
        ),
        _seen(
            _ENGINE,
            words("Leaks", "Fuites", "Течи"),
            words(
                "Oil, coolant, fuel, brake fluid: where from and how much.",
                "Huile, liquide de refroidissement, carburant, frein\u00a0: d’où et combien.",
                "Масло, антифриз, топливо, тормозная жидкость: откуда и сколько.",
            ),
        ),
        _seen(
            _ENGINE,
            words(
                "Engine oil and coolant",
                "Huile moteur et liquide de refroidissement",
                "Моторное масло и антифриз",
            ),
            words(
                "Level, colour, frost protection.",
                "Niveau, couleur, protection antigel.",
                "Уровень, цвет, температура замерзания.",
            ),
        ),
        _seen(
            _ENGINE,
            words("Belts", "Courroies", "Ремни"),
            words(
                "Cracks, tension, noise; timing belt due by age or distance?",
                "Craquelures, tension, bruit\u00a0; distribution à échéance (âge, km)\u00a0?",
                "Трещины, натяжение, шум; не пора ли менять ремень ГРМ по сроку или пробегу?",
            ),
        ),
        _seen(
            _ENGINE,
            words(
                "Air and cabin filters",
                "Filtres à air et d’habitacle",
                "Воздушный и салонный фильтры",
            ),
            words(
                "Dirt, moisture, seat in the housing.",
                "Encrassement, humidité, mise en place.",
                "Загрязнение, влага, посадка в корпусе.",
            ),
        ),
        _seen(
            _ENGINE,
            words("Exhaust", "Échappement", "Выпускная система"),
            words(
                "Leaks, rust, brackets, noise.",
                "Fuites, corrosion, fixations, bruit.",
                "Негерметичность, коррозия, крепления, шум.",
            ),
        ),
        ReadyMadeItem(
            section=_ELECTRICS,
            name=words("Battery, at rest", "Batterie au repos", "Аккумулятор в покое"),
            help=words(
                "Voltage of a 12 V battery with the engine off for a while.",
                "Tension d’une batterie 12\u00a0V, moteur arrêté depuis un moment.",
                "Напряжение батареи 12 В, двигатель некоторое время выключен.",
            ),
            kind=ItemKind.MEASUREMENT,
            unit="V",
            urgent_below=Decimal("12.0"),
            attention_below=Decimal("12.4"),
        ),
        ReadyMadeItem(
            section=_ELECTRICS,
            name=words("Charging voltage", "Tension de charge", "Напряжение зарядки"),
            help=words(
                "Engine running, lights on.",
                "Moteur tournant, feux allumés.",
                "Двигатель работает, свет включён.",
            ),
            kind=ItemKind.MEASUREMENT,
            unit="V",
            urgent_below=Decimal("12.8"),
            attention_below=Decimal("13.3"),
            attention_above=Decimal("15.0"),
            urgent_above=Decimal("15.5"),
        ),
        _seen(
            _ELECTRICS,
            words("Lights and indicators", "Feux et clignotants", "Фары и указатели поворота"),
            words(
                "All bulbs, beam height, number plate light.",
                "Toutes les ampoules, réglage des phares, éclairage de plaque.",
                "Все лампы, регулировка фар, подсветка номера.",
            ),
        ),
        _seen(
            _ELECTRICS,
            words("Wipers and washers", "Essuie-glaces et lave-glace", "Дворники и омыватель"),
            words(
                "Streaks, torn blades, jets, fluid.",
                "Traces, balais déchirés, gicleurs, liquide.",
                "Разводы, порванные щётки, форсунки, жидкость.",
            ),
        ),
        ReadyMadeItem(
            section=_RESULT,
            name=words("Fault codes", "Codes défaut", "Коды неисправностей"),
            help=words(
                "Read all control units; attach the tester’s report as PDF.",
                "Interrogez tous les calculateurs\u00a0; joignez le rapport de la valise en PDF.",
                "Опросите все блоки управления; приложите отчёт сканера в PDF.",
            ),
            photo_rule=PhotoRule.ALWAYS,
        ),
        ReadyMadeItem(
            section=_RESULT,
            name=words("Road test", "Essai routier", "Пробная поездка"),
            help=words(
                "Braking, pulling to one side, noises, gear changes; note the distance.",
                "Freinage, tirage d’un côté, bruits, vitesses\u00a0; notez la distance.",
                "Торможение, увод в сторону, шумы, переключение передач; укажите расстояние.",
            ),
        ),
    ),
)
