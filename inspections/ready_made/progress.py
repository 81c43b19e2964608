"""Proof of work under way: what came off, what went on, what came to light."""

from inspections.ready_made.shape import ReadyMade, ReadyMadeItem, words
from inspections.states import ItemKind, PhotoRule, Stage

_START = words("Start", "Début des travaux", "Начало работ")
_PARTS = words("Parts", "Pièces", "Детали")
_FOUND = words("Found on the way", "Découvert en cours de travaux", "Обнаружено в ходе работ")
_ASSEMBLY = words("Assembly", "Remontage", "Сборка")

PROGRESS = ReadyMade(
    code="progress",
    stage=Stage.PROGRESS,
    name=words("Work in progress", "Travaux en cours", "Ход работ"),
    items=(
        ReadyMadeItem(
            section=_START,
            name=words("Work begun", "Travaux commencés", "Работы начаты"),
            help=words(
                "The place of work before anything is taken apart.",
                "La zone de travail avant tout démontage.",
                "Место работ до разборки.",
            ),
            photo_rule=PhotoRule.ALWAYS,
        ),
        ReadyMadeItem(
            section=_START,
            name=words("Taken apart", "Démontage effectué", "Разобрано"),
            help=words(
                "What is open now, and how it looks inside.",
                "Ce qui est ouvert, et l’état à l’intérieur.",
                "Что вскрыто и как выглядит внутри.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
        ),
        ReadyMadeItem(
            section=_PARTS,
            name=words("Part removed", "Pièce déposée", "Снятая деталь"),
            help=words(
                "The old part with its wear or damage; its number when it can be read.",
                "L’ancienne pièce avec son usure ou son défaut\u00a0; sa référence si lisible.",
                "Старая деталь с износом или дефектом; её номер, если он читается.",
            ),
            photo_rule=PhotoRule.ALWAYS,
        ),
        ReadyMadeItem(
            section=_PARTS,
            name=words("New part", "Pièce neuve", "Новая деталь"),
            help=words(
                "The part beside its box: maker and number must be readable.",
                "La pièce à côté de son emballage\u00a0: marque et référence lisibles.",
                "Деталь рядом с упаковкой: марка и номер должны читаться.",
            ),
            photo_rule=PhotoRule.ALWAYS,
            shots=[
                words("Part", "Pièce", "Деталь"),
                words("Label on the box", "Étiquette de l’emballage", "Этикетка на упаковке"),
            ],
        ),
        ReadyMadeItem(
            section=_PARTS,
            name=words("New part fitted", "Pièce neuve montée", "Новая деталь установлена"),
            photo_rule=PhotoRule.ALWAYS,
        ),
        ReadyMadeItem(
            section=_FOUND,
            name=words("Hidden damage", "Dommage caché", "Скрытое повреждение"),
            help=words(
                "What nobody could see before. Ask before you do more than was authorized.",
                "Ce qui n’était pas visible. Demandez un accord avant tout travail non autorisé.",
                "Чего раньше не было видно. Не делайте больше согласованного, пока не спросите.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
        ),
        ReadyMadeItem(
            section=_FOUND,
            name=words("Neighbouring parts", "Pièces voisines", "Соседние детали"),
            help=words(
                "Hoses, clips, seals and wiring around the place of work.",
                "Durites, agrafes, joints et faisceaux autour de la zone de travail.",
                "Шланги, клипсы, уплотнения и проводка вокруг места работ.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
        ),
        ReadyMadeItem(
            section=_ASSEMBLY,
            name=words("Tightening torque", "Couple de serrage", "Момент затяжки"),
            help=words(
                "Of safety-relevant bolts, as set on the wrench; say in the note which.",
                "Des vis de sécurité, selon la clé dynamométrique\u00a0; notez lesquelles.",
                "Ответственных болтов, по динамометрическому ключу; каких — укажите в примечании.",
            ),
            kind=ItemKind.MEASUREMENT,
            unit="Nm",
        ),
        ReadyMadeItem(
            section=_ASSEMBLY,
            name=words("Fluids", "Fluides", "Жидкости"),
            help=words(
                "What was filled in: grade and quantity.",
                "Ce qui a été rempli\u00a0: norme et quantité.",
                "Что залито: марка и количество.",
            ),
        ),
        ReadyMadeItem(
            section=_ASSEMBLY,
            name=words(
                "Nothing left over or loose",
                "Rien d’oublié ni de desserré",
                "Ничего не забыто и не ослаблено",
            ),
            help=words(
                "Covers, clips and undertray are back; no tool in the engine bay.",
                "Caches, agrafes et protection remis\u00a0; aucun outil sous le capot.",
                "Крышки, клипсы и защита на месте; инструмента под капотом нет.",
            ),
            photo_rule=PhotoRule.WHEN_NOT_OK,
        ),
    ),
)
