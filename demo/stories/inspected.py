"""Cars that were looked at: acknowledged, contested, waiting, in silence, and half-way."""

from datetime import datetime, time, timedelta

from django.core.files.base import ContentFile
from PIL import Image

from demo import bay, handwriting, pictures
from demo.bay import File, Seen, photo
from demo.stage import Stage, holder, labour, part
from estimates.services import drafting
from inspections.models import Inspection
from inspections.services import answering, clockwork, sharing
from inspections.states import AcknowledgementAnswer, Result
from inspections.states import Stage as At
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.links.models import AccessLink
from shopdisputes.signing.services import DrawnSignature


def checked_in_and_out(stage: Stage) -> None:
    """Check-in acknowledged, its findings priced and signed; at check-out a new scratch shows."""
    arrived = stage.ago(4, time(8, 10))
    order = stage.visit(
        CustomerDetails(
            name="Hugo Lambert",
            email="hugo.lambert@example.com",
            phone="06 45 67 89 01",
            language="fr",
            line1="5 place Bellecour",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(
            make="Renault", model="Clio V", plate="GH-274-PL", vin="VF1RJA00X67123456", year=2021
        ),
        concern="Bruit à l'avant en freinant ; contrôle avant un long trajet.",
        odometer=58_930,
        at=arrived,
    )
    tyre = photo(pictures.tread(1.4), "pneu-avant-droit", at=arrived, caption="1,4 mm", shot=1)
    check_in = bay.begin(stage, order, At.CHECK_IN, by=stage.technician, at=arrived)
    over = bay.walk(
        check_in,
        {
            "wheel_front_right": Seen(
                measurement="1.4", note="Usé jusqu'au témoin, sur toute la largeur.", files=(tyre,)
            ),
            "wheel_front_left": Seen(
                measurement="2.4",
                note="À remplacer bientôt.",
                files=(photo(pictures.tread(2.4), "pneu-avant-gauche", at=arrived, shot=1),),
            ),
            "spare_wheel": Seen(
                result=Result.NOT_INSPECTED,
                reason="Coffre plein, le client n'a pas souhaité le vider.",
            ),
            "keys": Seen(note="Une carte mains libres."),
        },
        by=stage.technician,
        at=arrived,
    )
    bay.complete(check_in, by=stage.technician, at=over)
    sharing.share(inspection=check_in, by=stage.advisor, at=over + timedelta(minutes=4))
    stage.deliver(at=over + timedelta(minutes=4))
    answered = over + timedelta(minutes=31)
    _answer(stage, check_in, AcknowledgementAnswer.AGREE, at=answered)
    stage.deliver(at=answered, pictures=True)

    looked = arrived + timedelta(hours=2)
    diagnosis = bay.begin(stage, order, At.DIAGNOSTIC, by=stage.technician, at=looked)
    over = bay.walk(
        diagnosis,
        {
            "Brake pads, front": Seen(
                measurement="2.0",
                note="Plaquettes à 2 mm : le bruit vient de là.",
                files=(
                    photo(pictures.brake(2), "plaquettes-avant", at=looked, caption="2,0 mm"),
                    File(
                        content=pictures.film(), name="roue-avant.mp4", caption="Roue avant droite"
                    ),
                ),
            ),
            "Fault codes": Seen(
                files=(
                    File(
                        content=pictures.pdf(
                            (
                                "VF1RJA00X67123456  58 930 km",
                                "ECM  0 défaut",
                                "ABS  0 défaut",
                                "BCM  B1345  feu stop droit, intermittent",
                            )
                        ),
                        name="codes-defaut.pdf",
                    ),
                ),
            ),
        },
        by=stage.technician,
        at=looked,
    )
    bay.complete(diagnosis, by=stage.technician, at=over)
    written = over + timedelta(minutes=20)
    pads = diagnosis.items.get(name__en="Brake pads, front")
    front_right = check_in.items.get(pair_key="wheel_front_right")
    estimate = drafting.create(
        repair_order=order,
        lines=[
            labour(
                "Remplacement des plaquettes avant",
                "1.0",
                reason="Plaquettes à 2 mm.",
                finding=pads,
            ),
            part("Jeu de plaquettes avant", "58.90", finding=pads),
            part(
                "Pneu 205/45 R17, monté et équilibré",
                "129.00",
                quantity="2",
                reason="Le droit est sous la limite légale de 1,6 mm ; on remplace par paire.",
                finding=front_right,
            ),
        ],
        by=stage.advisor,
        at=written,
    )
    stage.deliver(at=written, pictures=True)
    stage.send(estimate, at=written)
    stage.deliver(at=written)
    stage.answer_by_link(estimate, {}, at=written + timedelta(minutes=48))
    stage.deliver(at=written + timedelta(minutes=48))

    done = stage.ago(1, time(16, 20))
    check_out = bay.begin(stage, order, At.CHECK_OUT, by=stage.technician, at=done)
    over = bay.walk(
        check_out,
        {
            "wheel_front_right": Seen(
                measurement="7.4",
                files=(photo(pictures.tread(7.4), "pneu-neuf", at=done, shot=1),),
            ),
            "wheel_front_left": Seen(
                measurement="7.4",
                files=(photo(pictures.tread(7.4), "pneu-neuf", at=done, shot=1),),
            ),
            "body_right": Seen(
                result=Result.ATTENTION,
                note="Rayure d'environ 20 cm sur la porte, absente à la réception.",
                files=(
                    photo(
                        pictures.body("right", colour=bay.paint_of("GH-274-PL"), scratch=True),
                        "cote-droit",
                        at=done,
                        caption="Porte avant droite",
                        shot=1,
                    ),
                ),
            ),
        },
        by=stage.technician,
        at=done,
    )
    bay.complete(check_out, by=stage.technician, at=over)
    sharing.share(
        inspection=check_out,
        message="Nous avons vu une rayure qui n'y était pas à la réception. Nous vous appelons.",
        by=stage.advisor,
        at=over + timedelta(minutes=6),
    )
    stage.deliver(at=over + timedelta(minutes=6))
    _answer(
        stage,
        check_out,
        AcknowledgementAnswer.AGREE_WITH_REMARKS,
        at=over + timedelta(hours=1),
        remarks="Je constate la rayure sur la porte. Merci de me dire ce que vous proposez.",
        about="body_right",
        said="Elle n'y était pas quand j'ai laissé la voiture.",
    )
    stage.deliver(at=over + timedelta(hours=1), pictures=True)


def check_in_waits(stage: Stage) -> None:
    """Shared this morning in Russian; the customer has two days left."""
    # Early in the morning too, the walk is over by now.
    arrived = min(stage.ago(0, time(8, 5)), stage.now - timedelta(minutes=15))
    order = stage.visit(
        CustomerDetails(
            name="Анна Викторовна Преображенская-Миловидова",
            email="anna.milovidova@example.com",
            phone="+33 6 11 22 33 44",
            language="ru",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Volkswagen", model="Golf Variant", plate="EE-630-VB", year=2016),
        concern="Горит лампа давления в шинах.",
        odometer=131_400,
        at=arrived,
    )
    inspection = bay.begin(stage, order, At.CHECK_IN, by=stage.technician, at=arrived)
    over = bay.walk(
        inspection,
        {
            "wheel_rear_left": Seen(
                measurement="2.6",
                note="Саморез в протекторе, шина теряет давление.",
                files=(photo(pictures.tread(2.6), "shina", at=arrived, shot=1),),
            ),
            "windscreen": Seen(result=Result.OK, note="Старый скол справа внизу, не растёт."),
        },
        by=stage.technician,
        at=arrived,
    )
    bay.complete(inspection, by=stage.technician, at=over)
    sharing.share(inspection=inspection, by=stage.advisor, at=over)
    stage.deliver(at=over)


def silence(stage: Stage) -> None:
    """No answer by the date: written down as that, and as nothing else."""
    arrived = stage.ago(9, time(10, 30))
    order = stage.visit(
        CustomerDetails(
            name="Julien Caron",
            email="julien.caron@example.com",
            phone="06 20 30 40 50",
            language="fr",
            city="Oullins",
            country="FR",
        ),
        VehicleDetails(make="Citroën", model="C3", plate="DA-482-RW", year=2015),
        concern="Révision annuelle.",
        odometer=99_870,
        at=arrived,
    )
    inspection = bay.begin(stage, order, At.CHECK_IN, by=stage.technician, at=arrived)
    over = bay.walk(
        inspection,
        {
            "seats": Seen(
                result=Result.ATTENTION,
                note="Tache sur le siège passager.",
                files=(photo(pictures.inside(), "sieges", at=arrived, shot=1),),
            )
        },
        by=stage.technician,
        at=arrived,
    )
    bay.complete(inspection, by=stage.technician, at=over)
    sharing.share(inspection=inspection, by=stage.advisor, at=over)
    stage.deliver(at=over)
    clockwork.lapse(at=stage.ago(5, time(0, 30)))


def disagrees(stage: Stage) -> None:
    """The customer does not agree, says why, and sends a photo of his own."""
    arrived = stage.ago(3, time(13, 45))
    order = stage.visit(
        CustomerDetails(
            name="Oliver Grant",
            email="oliver.grant@example.com",
            phone="+44 7700 900123",
            language="en",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Mini", model="Cooper", plate="FB-907-NN", year=2019),
        concern="Parking sensors beep all the time.",
        odometer=44_120,
        at=arrived,
    )
    inspection = bay.begin(stage, order, At.CHECK_IN, by=stage.technician, at=arrived)
    over = bay.walk(
        inspection,
        {
            "body_right": Seen(
                result=Result.ATTENTION,
                note="Scratch on the front door, about 20 cm.",
                files=(
                    photo(
                        pictures.body("right", colour=bay.paint_of("FB-907-NN"), scratch=True),
                        "right-side",
                        at=arrived,
                        shot=1,
                    ),
                ),
            )
        },
        by=stage.technician,
        at=arrived,
    )
    bay.complete(inspection, by=stage.technician, at=over)
    sharing.share(inspection=inspection, by=stage.advisor, at=over)
    stage.deliver(at=over)
    _answer(
        stage,
        inspection,
        AcknowledgementAnswer.DISAGREE,
        at=over + timedelta(hours=5),
        remarks="There was no scratch when I handed the car over.",
        about="body_right",
        said="This is the door an hour before I came to you.",
        own_photo=pictures.body("right", colour=bay.paint_of("FB-907-NN")),
    )
    stage.deliver(at=over + timedelta(hours=5), pictures=True)


def half_way_round(stage: Stage) -> None:
    """The technician is still walking round the car."""
    begun = stage.now - timedelta(minutes=9)
    order = stage.visit(
        CustomerDetails(
            name="Nadia Benali",
            email="nadia.benali@example.com",
            phone="06 77 88 99 00",
            language="fr",
            city="Bron",
            country="FR",
        ),
        VehicleDetails(
            make="Dacia", model="Sandero", plate="GK-118-TZ", vin="UU1B5220X70123456", year=2023
        ),
        concern="Pare-brise fissuré après un gravillon.",
        odometer=21_305,
        at=begun,
    )
    inspection = bay.begin(stage, order, At.CHECK_IN, by=stage.technician, at=begun)
    bay.walk(inspection, {}, by=stage.technician, at=begun, until=8)


def _answer(
    stage: Stage,
    inspection: Inspection,
    answer: AcknowledgementAnswer,
    *,
    at: datetime,
    remarks: str = "",
    about: str = "",
    said: str = "",
    own_photo: Image.Image | None = None,
) -> None:
    """Let the customer look through it on the phone and sign; ``about`` names an item's pairing."""
    link = AccessLink.objects.for_shop(stage.shop).get(target_id=inspection.pk)
    item = inspection.items.get(pair_key=about) if about else None
    if own_photo is not None:
        taken = at - timedelta(hours=8)
        answering.attach(
            link=link,
            item=item,
            upload=ContentFile(pictures.jpeg(own_photo, taken_at=taken), name="IMG_2041.jpg"),
            by=holder(link),
            at=at - timedelta(minutes=3),
        )
    inspection.refresh_from_db()
    name = link.recipient_name
    answering.answer(
        link=link,
        inspection_sha256=inspection.sha256,
        answer=answer,
        remarks=remarks,
        item_remarks={item.pk: said} if item is not None else {},
        signer_name=name,
        drawn=DrawnSignature(image=handwriting.draw(name), strokes=handwriting.strokes_of(name)),
        consent=True,
        signer_timezone=stage.shop.timezone,
        by=holder(link),
        at=at,
    )
