"""The ready-made texts in French."""

# ruff: noqa: E501 - a paragraph of a mail is one line

from collections.abc import Mapping

from dunning.ready_made.wording import Wording
from dunning.states import Template

FRENCH: Mapping[Template, Wording] = {
    Template.PREVENTIVE: Wording(
        "À régler d’ici au #due_on : #number",
        """Bonjour #customer,

Merci de votre confiance. Voici un petit mot avant l’échéance, pour éviter toute surprise :

#items

#amount à régler au plus tard le #due_on. Si vous avez payé entre-temps, vous n’avez rien à faire.

#disputed_note

#promise_note

#link

#how_to_pay

Si une ligne, un prix ou notre travail n’est pas comme convenu, dites-le-nous dès maintenant : ce qui est en question est mis de côté le temps de l’éclaircir.

#contact

Cordialement,
#shop""",
    ),
    Template.FRIENDLY: Wording(
        "Petit rappel : #number",
        """Bonjour #customer,

Sauf erreur de notre part, votre règlement ne nous est pas encore parvenu.

#items

Merci de régler #amount dans les prochains jours. Si votre paiement est en route, vous n’avez rien à faire.

#disputed_note

#promise_note

#fee_note

#link

#how_to_pay

Si quelque chose n’est pas comme convenu, dites-le-nous : nous regarderons cela ensemble.

#contact

Cordialement,
#shop""",
    ),
    Template.SOMETHING_WRONG: Wording(
        "Y a-t-il un problème ? #number",
        """Bonjour #customer,

Il reste #amount à régler et nous sommes sans nouvelles de vous. Y a-t-il un problème avec la facture ou avec notre travail ? Si c’est le cas, nous aimerions le savoir pour y remédier.

#items

Trois possibilités :
- Tout est en ordre : merci de régler #amount.
- Quelque chose ne va pas : dites-nous quelle ligne et pourquoi. Vous n’avez pas à payer cette partie pendant que nous l’examinons.
- Vous ne pouvez pas tout régler d’un coup : dites-nous quelle date ou quelles échéances vous conviendraient.

#disputed_note

#promise_note

#fee_note

#link

#how_to_pay

#contact

Cordialement,
#shop""",
    ),
    Template.LAST: Wording(
        "Dernier rappel, à régler d’ici au #pay_by : #number",
        """Bonjour #customer,

Ceci est notre dernier rappel pour :

#items

Merci de régler #amount au plus tard le #pay_by.

#disputed_note

#promise_note

#fee_note

#link

#how_to_pay

Si vous ne pouvez pas tout régler d’ici là, ou si vous estimez qu’une partie n’est pas due, dites-le-nous d’ici au #pay_by : nous chercherons une solution avec vous. Sans nouvelles de votre part, quelqu’un de l’atelier examinera votre compte après cette date et décidera de la suite.

#contact

Cordialement,
#shop""",
    ),
    Template.FORMAL_DEMAND: Wording(
        "Mise en demeure de payer d’ici au #pay_by : #number",
        """Madame, Monsieur,

Malgré nos rappels, ce qui suit reste impayé à ce jour :

#items

Par la présente, nous vous mettons en demeure de nous régler #amount au plus tard le #pay_by.

#disputed_note

#promise_note

#fee_note

#how_to_pay

Si vous avez payé entre-temps, veuillez nous indiquer la date et la référence du paiement. Si vous contestez une partie de cette somme, écrivez-nous d’ici au #pay_by quelle ligne et pourquoi : cette partie ne vous est pas réclamée tant qu’elle est à l’examen.

#link

#contact

Veuillez agréer nos salutations distinguées.
#shop""",
    ),
    Template.CALL: Wording(
        "Appeler #customer au sujet de #number",
        """Bonjour, ici #shop. Je vous appelle au sujet d’une facture encore ouverte. Avez-vous deux minutes ?

#items

Il reste #amount à régler, depuis le #due_on. Avez-vous bien reçu la facture et notre rappel ? Tout va-t-il bien avec le véhicule et avec la facture ?

Écouter d’abord. Ensuite :
- Déjà payé : demander la date et la référence, et le noter.
- Quelque chose ne va pas : noter quelle ligne et pourquoi, avec les mots du client. Ne pas en débattre maintenant ; cette partie est mise de côté.
- Ne peut pas payer maintenant : convenir d’une date et d’un montant, ou d’échéances, et noter la promesse.
- Veut payer : proposer de renvoyer le lien.

#disputed_note

#promise_note

#fee_note

#how_to_pay""",
    ),
}
