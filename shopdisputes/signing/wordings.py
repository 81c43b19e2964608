"""The texts every shop starts with, in each language. A draft for the shop's own counsel.

They are data of a shop from its first day on, so they are not interface strings: each language
says what its readers expect, not a translation of the other.
"""

from shopdisputes.signing.models import TextCode

_ENGLISH = {
    TextCode.ELECTRONIC_RECORDS: (
        "I agree to receive and sign the documents of this repair electronically. I may have "
        "them on paper instead, free of charge: I only have to ask #shop. This consent covers "
        "this repair only. I may withdraw it at any time by telling #shop; what I have signed "
        "until then stays valid, and later documents then come on paper. I will tell #shop if "
        "my e-mail address changes. To read and keep the documents I need a web browser, a "
        "program that shows PDF files and an e-mail address."
    ),
    TextCode.AUTHORIZATION: (
        "I have read estimate #number, revision #revision, of #shop. I authorize the work "
        "marked “Authorize” (lines: #count) for a total of #amount, tax included. I do not "
        "authorize the lines marked “Not now” or “No”. Any further work or a higher price "
        "needs my new approval. I own the vehicle or act with the owner’s permission. I agree "
        "to sign electronically."
    ),
    TextCode.AUTHORIZE_NOTHING: (
        "I have read estimate #number, revision #revision, of #shop. I authorize none of the "
        "work in it. I own the vehicle or act with the owner’s permission. I agree to sign this "
        "answer electronically."
    ),
    TextCode.PAPER_AUTHORIZATION: (
        "I have read estimate #number, revision #revision, of #shop, of which each page carries "
        "a code. I authorize the lines that I have marked “Authorize” by hand, at the prices "
        "printed beside them, plus tax. I do not authorize lines marked “Not now” or “No”, nor "
        "lines without a mark. Any further work or a higher price needs my new approval. I own "
        "the vehicle or act with the owner’s permission."
    ),
    TextCode.ESTIMATE_TERMS: (
        "This estimate is valid until the date shown on it. #shop does and bills only the work "
        "that you authorize. If more work or another price turns out to be needed, we ask you "
        "first, with a new price, and go on only after your answer. Lines marked as possible "
        "are billed only if they become necessary and you have authorized them. A deposit is "
        "set off against the invoice. Replaced parts are kept for you to see or take with you "
        "if you ask for them before the work begins, unless they must be returned to the "
        "manufacturer. If an insurer or another person is to pay, their agreement to pay is "
        "separate from your authorization of the work."
    ),
    TextCode.INSPECTION_AGREE: (
        "I have read inspection #number of #shop, with its items, remarks, photos and videos. "
        "What it says about the state of the vehicle is right as far as I can see. I do not "
        "authorize any work by this. I agree to sign electronically."
    ),
    TextCode.INSPECTION_REMARKS: (
        "I have read inspection #number of #shop, with its items, remarks, photos and videos. "
        "Apart from the remarks that I have added, what it says about the state of the vehicle "
        "is right as far as I can see. I do not authorize any work by this. I agree to sign "
        "electronically."
    ),
    TextCode.INSPECTION_DISAGREE: (
        "I have read inspection #number of #shop, with its items, remarks, photos and videos. "
        "I do not agree with it, for the reasons that I have added. I agree to sign this answer "
        "electronically."
    ),
    TextCode.INVOICE_RECEIVED: (
        "I have received invoice #number of #shop over #amount, including tax. I confirm the "
        "receipt; I do not give up any right by it. I agree to sign electronically."
    ),
    TextCode.PAYMENT_PLAN: (
        "I will pay #amount to #shop as set out in payment plan #number: #count instalments, "
        "each on its day. As long as I keep to it, #shop asks for nothing more of this amount. I "
        "do not give up my right to complain about the repair. I agree to sign electronically."
    ),
    TextCode.SETTLEMENT: (
        "I have read offer #revision of #shop in case #number, worth #amount, and I accept it. "
        "When it is carried out, what I contested in this case is settled. I keep my rights for "
        "everything that was not part of it. I agree to sign electronically."
    ),
    TextCode.STOP_CHOICE: (
        "I have asked #shop to stop the repair #number, and I have read what was done, what it "
        "costs and what each way of going on means. My choice: #choice, for #amount including "
        "tax. I agree to sign electronically."
    ),
    TextCode.HAND_OVER: (
        "I have collected the vehicle of repair order #number from #shop, with what is listed "
        "here. My remarks, if any, are written down above. I do not accept the bill by this "
        "signature and give up no right."
    ),
}

_FRENCH = {
    TextCode.ELECTRONIC_RECORDS: (
        "J’accepte de recevoir et de signer par voie électronique les documents de cette "
        "réparation. Je peux les demander gratuitement sur papier auprès de #shop. Cet accord "
        "ne vaut que pour cette réparation. Je peux le retirer à tout moment en le faisant "
        "savoir à #shop : ce que j’ai signé jusque-là reste valable, et les documents suivants "
        "me seront remis sur papier. Je préviens #shop si mon adresse e-mail change. Pour lire "
        "et conserver les documents, il me faut un navigateur, un lecteur de fichiers PDF et "
        "une adresse e-mail."
    ),
    TextCode.AUTHORIZATION: (
        "J’ai lu le devis #number, version #revision, de #shop. Je commande les travaux "
        "marqués « Autoriser » (lignes : #count) pour un montant total de #amount TTC. Je ne "
        "commande pas les lignes marquées « Pas maintenant » ou « Non ». Aucun travail "
        "supplémentaire ni aucun prix plus élevé sans mon accord préalable. Je suis "
        "propriétaire du véhicule ou j’agis avec l’accord de son propriétaire. J’accepte de "
        "signer par voie électronique."
    ),
    TextCode.AUTHORIZE_NOTHING: (
        "J’ai lu le devis #number, version #revision, de #shop. Je ne commande aucun des "
        "travaux qu’il propose. Je suis propriétaire du véhicule ou j’agis avec l’accord de son "
        "propriétaire. J’accepte de signer cette réponse par voie électronique."
    ),
    TextCode.PAPER_AUTHORIZATION: (
        "J’ai lu le devis #number, version #revision, de #shop, dont chaque page porte un code. "
        "Je commande les lignes que j’ai marquées à la main « Autoriser », aux prix imprimés à "
        "côté, taxes en sus. Je ne commande pas les lignes marquées « Pas maintenant » ou "
        "« Non », ni les lignes sans marque. Aucun travail supplémentaire ni aucun prix plus "
        "élevé sans mon accord préalable. Je suis propriétaire du véhicule ou j’agis avec "
        "l’accord de son propriétaire."
    ),
    TextCode.ESTIMATE_TERMS: (
        "Ce devis est valable jusqu’à la date indiquée. #shop n’exécute et ne facture que les "
        "travaux que vous avez commandés. Si d’autres travaux ou un autre prix se révèlent "
        "nécessaires, nous vous le demandons d’abord, avec un nouveau prix, et nous ne "
        "poursuivons qu’après votre réponse. Les lignes indiquées comme éventuelles ne sont "
        "facturées que si elles deviennent nécessaires et que vous les avez commandées. "
        "L’acompte versé est déduit de la facture. Les pièces remplacées sont tenues à votre "
        "disposition si vous le demandez avant le début des travaux, sauf échange standard ou "
        "retour sous garantie au fabricant. Si un assureur ou un tiers doit payer, son accord "
        "de prise en charge est distinct de votre commande des travaux."
    ),
    TextCode.INSPECTION_AGREE: (
        "J’ai pris connaissance de l’inspection #number de #shop, avec ses points, ses "
        "remarques, ses photos et ses vidéos. Pour autant que je puisse en juger, elle décrit "
        "l’état du véhicule tel qu’il est. Je ne commande ainsi aucun travail. J’accepte de "
        "signer par voie électronique."
    ),
    TextCode.INSPECTION_REMARKS: (
        "J’ai pris connaissance de l’inspection #number de #shop, avec ses points, ses "
        "remarques, ses photos et ses vidéos. Sous réserve des remarques que j’ai ajoutées, "
        "elle décrit, pour autant que je puisse en juger, l’état du véhicule tel qu’il est. Je "
        "ne commande ainsi aucun travail. J’accepte de signer par voie électronique."
    ),
    TextCode.INSPECTION_DISAGREE: (
        "J’ai pris connaissance de l’inspection #number de #shop, avec ses points, ses "
        "remarques, ses photos et ses vidéos. Je ne suis pas d’accord, pour les raisons que "
        "j’ai ajoutées. J’accepte de signer cette réponse par voie électronique."
    ),
    TextCode.INVOICE_RECEIVED: (
        "J’ai reçu la facture #number de #shop, d’un montant de #amount, taxes comprises. Je "
        "confirme la réception ; je ne renonce ainsi à aucun droit. J’accepte de signer par voie "
        "électronique."
    ),
    TextCode.PAYMENT_PLAN: (
        "Je paierai #amount à #shop selon l’échéancier #number : #count échéances, chacune à sa "
        "date. Tant que je le respecte, #shop ne demande rien de plus sur ce montant. Je ne "
        "renonce pas à mon droit de contester la réparation. J’accepte de signer par voie "
        "électronique."
    ),
    TextCode.SETTLEMENT: (
        "J’ai lu la proposition #revision de #shop dans le dossier #number, d’une valeur de "
        "#amount, et je l’accepte. Une fois exécutée, ce que j’ai contesté dans ce dossier est "
        "réglé. Je conserve mes droits sur tout ce qui n’en faisait pas partie. J’accepte de "
        "signer par voie électronique."
    ),
    TextCode.STOP_CHOICE: (
        "J’ai demandé à #shop d’arrêter la réparation #number et j’ai pris connaissance de ce "
        "qui a été fait, de son prix et de ce que signifie chaque suite possible. Mon choix : "
        "#choice, pour #amount taxes comprises. J’accepte de signer par voie électronique."
    ),
    TextCode.HAND_OVER: (
        "J’ai repris chez #shop le véhicule de l’ordre de réparation #number, avec ce qui est "
        "énuméré ici. Mes éventuelles remarques sont notées ci-dessus. Par cette signature, je "
        "n’accepte pas la facture et ne renonce à aucun droit."
    ),
}

_RUSSIAN = {
    TextCode.ELECTRONIC_RECORDS: (
        "Я согласен (согласна) получать и подписывать документы по этому ремонту в электронном "
        "виде. Я могу бесплатно получить их на бумаге: достаточно попросить об этом #shop. "
        "Согласие действует только для этого ремонта. Я могу отозвать его в любое время, "
        "сообщив об этом #shop; подписанное до этого остаётся в силе, а дальнейшие документы "
        "мне выдадут на бумаге. Если мой адрес электронной почты изменится, я сообщу об этом. "
        "Чтобы читать и хранить документы, мне нужны браузер, программа для просмотра файлов "
        "PDF и адрес электронной почты."
    ),
    TextCode.AUTHORIZATION: (
        "С предварительной сметой #number, версия #revision, исполнителя #shop я "
        "ознакомлен(а). Поручаю выполнить работы с отметкой «Согласен» (позиций: #count) на "
        "общую сумму #amount, включая налоги. Позиции с отметками «Не сейчас» и «Нет» "
        "выполнять не поручаю. Дополнительные работы и повышение цены — только с моего нового "
        "согласия. Я владелец автомобиля или действую с согласия владельца. Согласен "
        "(согласна) подписать в электронном виде."
    ),
    TextCode.AUTHORIZE_NOTHING: (
        "С предварительной сметой #number, версия #revision, исполнителя #shop я "
        "ознакомлен(а). Ни одну из предложенных в ней работ выполнять не поручаю. Я владелец "
        "автомобиля или действую с согласия владельца. Согласен (согласна) подписать этот "
        "ответ в электронном виде."
    ),
    TextCode.PAPER_AUTHORIZATION: (
        "С предварительной сметой #number, версия #revision, исполнителя #shop, на каждой "
        "странице которой есть код, я ознакомлен(а). Поручаю выполнить работы, которые "
        "отметил(а) от руки «Согласен», по указанным рядом ценам, налоги сверху. Позиции с "
        "отметками «Не сейчас» и «Нет» и позиции без отметки выполнять не поручаю. "
        "Дополнительные работы и повышение цены — только с моего нового согласия. Я владелец "
        "автомобиля или действую с согласия владельца."
    ),
    TextCode.ESTIMATE_TERMS: (
        "Смета действительна до указанной в ней даты. #shop выполняет и включает в счёт только "
        "те работы, которые Вы поручили. Если понадобятся другие работы или изменится цена, мы "
        "сначала спросим Вас и назовём новую цену; работа продолжится только после Вашего "
        "ответа. Позиции, отмеченные как возможные, включаются в счёт, только если они "
        "оказались необходимы и Вы их поручили. Внесённый аванс засчитывается в счёт. "
        "Заменённые детали сохраняются для Вас, если Вы попросите об этом до начала работ, "
        "кроме деталей, подлежащих возврату изготовителю. Если платит страховая компания или "
        "другое лицо, их согласие на оплату не заменяет Вашего поручения на работы."
    ),
    TextCode.INSPECTION_AGREE: (
        "С результатами осмотра #number исполнителя #shop, включая пункты, замечания, "
        "фотографии и видео, я ознакомлен(а). Насколько я могу судить, состояние автомобиля "
        "описано верно. Выполнение работ я этим не поручаю. Согласен (согласна) подписать в "
        "электронном виде."
    ),
    TextCode.INSPECTION_REMARKS: (
        "С результатами осмотра #number исполнителя #shop, включая пункты, замечания, "
        "фотографии и видео, я ознакомлен(а). С учётом добавленных мной замечаний состояние "
        "автомобиля, насколько я могу судить, описано верно. Выполнение работ я этим не "
        "поручаю. Согласен (согласна) подписать в электронном виде."
    ),
    TextCode.INSPECTION_DISAGREE: (
        "С результатами осмотра #number исполнителя #shop, включая пункты, замечания, "
        "фотографии и видео, я ознакомлен(а). Я с ними не согласен (не согласна) по причинам, "
        "которые добавил(а). Согласен (согласна) подписать этот ответ в электронном виде."
    ),
    TextCode.INVOICE_RECEIVED: (
        "Я получил(а) счёт #number исполнителя #shop на сумму #amount, включая налоги. "
        "Подтверждаю только получение; ни от каких прав я этим не отказываюсь. Согласен "
        "(согласна) подписать в электронном виде."
    ),
    TextCode.PAYMENT_PLAN: (
        "Я выплачу исполнителю #shop сумму #amount по графику платежей #number: платежей — "
        "#count, каждый в свой срок. Пока я соблюдаю график, #shop ничего больше из этой суммы не "
        "требует. От права предъявить претензии по ремонту я не отказываюсь. Согласен (согласна) "
        "подписать в электронном виде."
    ),
    TextCode.SETTLEMENT: (
        "Я прочитал(а) предложение #revision исполнителя #shop по спору #number на сумму #amount "
        "и принимаю его. После его исполнения всё, что я оспаривал(а) в этом споре, считается "
        "урегулированным. За мной остаются права на всё, что в него не входило. Согласен "
        "(согласна) подписать в электронном виде."
    ),
    TextCode.STOP_CHOICE: (
        "Я попросил(а) #shop остановить ремонт по заказ-наряду #number. С тем, что сделано, "
        "сколько это стоит и что означает каждый вариант, я ознакомлен(а). Мой выбор: #choice, "
        "на сумму #amount, включая налоги. Согласен (согласна) подписать в электронном виде."
    ),
    TextCode.HAND_OVER: (
        "Я забрал(а) у #shop автомобиль по заказ-наряду #number вместе с перечисленным здесь. "
        "Мои замечания, если они есть, записаны выше. Этой подписью я не признаю счёт и ни от "
        "каких прав не отказываюсь."
    ),
}

READY_MADE: dict[str, dict[TextCode, str]] = {"en": _ENGLISH, "fr": _FRENCH, "ru": _RUSSIAN}
