"""How pages that are no articles say so, in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish.

Each pattern is a wording that such a page addresses to its reader; what an article about such pages says is not meant.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


#: The page asks for scripts to be switched on.
SCRIPTS = _any(
    r"\b(?:please |you need to |must )?(?:enable|turn on|activate|allow) java ?script\b",
    r"\b(?:requires?|needs?|without) java ?script\b",
    r"\bjava ?script (?:is|seems to be|to be) (?:disabled|required|enabled)",
    r"\bjava ?script (?:ist )?(?:deaktiviert|aktivieren|erforderlich|benötigt)",
    r"\baktiviere?n? sie (?:bitte )?java ?script",
    r"\bactive[rz] (?:le )?java ?script\b|\bjava ?script (?:est |doit être )(?:désactivé|activé|requis|nécessaire)",
    r"\b(?:activ[ae]r?|habilit[ae]r?|ative|habilite) (?:el |o )?java ?script\b",
    r"\b(?:necesita|requiere|precisa|requer) (?:de )?java ?script",
    r"\b(?:attiva(?:re)?|abilita(?:re)?) java ?script\b",
    r"\bjava ?script (?:è|deve essere) (?:disabilitato|attivato|abilitato)",
    r"\bjava ?script (?:in te schakelen|inschakelen|is uitgeschakeld)|\bschakel java ?script in\b",
    r"\bwłącz(?:yć)? (?:obsługę )?java ?script|\bwymaga (?:włączenia |obsługi )?java ?script",
)

#: A whole title, or a part of one, of a page that a server gives instead of the one asked for.
ERROR_TITLE = re.compile(
    r"(?:(?:http |error |fehler |erreur |errore |erro |fout |błąd )?(?:40[0134]|410|429|50[0234]))?\W{0,3}(?:"
    r"(?:error )?(?:40[0134]|410|429|50[0234])(?: error)?"
    r"|(?:page |file |article )?not found|page (?:does not exist|unavailable|not available)|forbidden"
    r"|access (?:denied|forbidden)"
    r"|(?:internal )?server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    r"|too many requests"
    r"|request (?:blocked|rejected)|site (?:under )?maintenance"
    r"|(?:die )?seite (?:wurde )?nicht gefunden|zugriff verweigert"
    r"|page (?:non trouvée|introuvable)|accès (?:refusé|interdit)"
    r"|página no encontrada|acceso denegado|página não encontrada|acesso negado"
    r"|pagina (?:non trovata|niet gevonden)|accesso negato|toegang geweigerd"
    r"|(?:nie znaleziono strony|strona nie została znaleziona|nie ma takiej strony)|brak dostępu|odmowa dostępu"
    r")\W*",
    re.IGNORECASE,
)

#: A whole title, or a part of one, of a page that makes sure that a person reads it.
ROBOT_TITLE = re.compile(
    r"(?:just a moment|attention required!?|one moment,? please|please wait|checking your browser.*"
    r"|are you (?:a )?(?:robot|human)\??|(?:human |bot )?verification(?: required)?|(?:security|bot) check"
    r"|ddos.guard.*"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|pardon our interruption|robot or human\??|human verification"
    r"|nur einen moment|einen moment,? bitte|sicherheitsüberprüfung|sind sie ein (?:mensch|roboter)\??"
    r"|un instant|un moment,? s'il vous plaît|vérification de sécurité|êtes-vous un robot\s?\??"
    r"|un momento|comprobación de seguridad|¿?eres un robot\??|um momento|verificação de segurança"
    r"|ci siamo quasi|verifica di sicurezza|een moment(?:je)?(?: geduld)?|beveiligingscontrole"
    r"|jeszcze chwila|chwileczkę|czy jesteś robotem\??)\W*",
    re.IGNORECASE,
)

#: What such a page speaks of.
ROBOT = re.compile(
    r"robot|captcha|\bbots?\b|\bhuman|security|unusual (?:traffic|activity)|your browser|ihr(?:en)? browser"
    r"|überprüf|sicherheit"
    r"|navigateur|sécurité|navegador|seguridad|segurança|sicurezza|je browser|beveilig|przeglądark|bezpieczeń",
    re.IGNORECASE,
)

#: A consent notice speaks for the site, and to the reader.
WE = re.compile(
    r"\b(?:we|our|your|wir|unsere|ihre|deine|nous|nos|vos|votre|nosotros|nuestros|utilizamos|usamos|su|tu|nós|nossos|seu"
    r"|noi|nostri|utilizziamo|usiamo|tuo|tue|wij|onze|uw|jouw|je|my|nasi|używamy|korzystamy|twoja|swoją|twojej)\b",
    re.IGNORECASE,
)

#: What a consent notice says to the reader; a sentence or a button.
CONSENT = _any(
    r"\bwe (?:and|&) our (?:\d+ )?(?:technology )?(?:partners|vendors)",
    r"\bwe (?:use|store|value) (?:\w+ ){0,3}(?:cookies|your privacy)",
    r"\bthis (?:web)?site uses cookies|\b(?:accept|reject|allow|decline) (?:all|cookies)",
    r"\bmanage (?:your )?(?:cookies|preferences|settings|options|choices)",
    r"\b(?:withdraw|change|give|refuse) your (?:consent|choices?|mind)",
    r"\bby (?:clicking|continuing|using) .{0,60}(?:agree|accept|consent)",
    r"\b(?:cookie|privacy) (?:settings|preferences|policy|notice)\b|\blegitimate interest",
    r"\bstore and/or access information",
    r"\bwir (?:und unsere (?:\d+ )?partner|verwenden|nutzen|setzen) .{0,40}(?:cookies|verarbeiten|daten)",
    r"\balle (?:cookies )?(?:akzeptieren|ablehnen)",
    r"\b(?:ihre|deine) (?:einwilligung|zustimmung|auswahl)|\bcookie-?einstellungen|\bdatenschutz-?einstellungen",
    r"\bberechtigtes interesse",
    r"\bnous (?:et nos (?:\d+ )?partenaires|utilisons) .{0,40}(?:cookies|données|informations)",
    r"\btout (?:accepter|refuser)|\b(?:accepter|refuser) (?:tout|les cookies)",
    r"\bvotre consentement|\bvos (?:choix|préférences)|\bparamétrer (?:les|mes|vos) (?:cookies|choix)",
    r"\bcontinuer sans accepter",
    r"\b(?:nosotros y )?nuestros (?:\d+ )?socios|\b(?:utilizamos|usamos) .{0,20}cookies",
    r"\b(?:aceptar|rechazar) (?:todo|todas|cookies|y)",
    r"\b(?:su|tu) consentimiento|\bconfigurar (?:las )?cookies",
    r"\bgestionar (?:las )?(?:cookies|preferencias|opciones)",
    r"\b(?:nós e )?(?:os )?nossos (?:\d+ )?parceiros|\b(?:aceitar|rejeitar) (?:tudo|todos|cookies)",
    r"\b(?:seu|teu) consentimento|\bgerir (?:cookies|preferências)",
    r"\bnoi e (?:i nostri )?(?:\d+ )?(?:partner|terze parti|fornitori)|\b(?:utilizziamo|usiamo) .{0,20}cookie",
    r"\b(?:accetta|rifiuta) (?:tutt[oi]|i cookie)",
    r"\b(?:il tuo|il vostro) consenso|\ble tue (?:preferenze|scelte)|\bgestisci (?:i cookie|preferenze|opzioni)",
    r"\bwij en onze (?:\d+ )?partners|\b(?:wij|we) gebruiken .{0,20}cookies",
    r"\balles? (?:cookies )?(?:accepteren|weigeren)|\b(?:uw|je|jouw) (?:toestemming|voorkeuren)",
    r"\bmy i nasi (?:\d+ )?(?:zaufani )?partnerzy|\b(?:używamy|korzystamy z) (?:plików )?cookie",
    r"\b(?:zaakceptuj|akceptuj|odrzuć) wszystk|\b(?:twoja|swoją|twojej) zgod[ayęo]|\bustawienia (?:plików )?cookie",
    r"\bprzejdź do serwisu",
)

#: What stands where a paid article breaks off.
PAYWALL = _any(
    r"\b(?:to|and) (?:continue|keep) reading|\bto read (?:the (?:full|whole|rest)|this|more)",
    r"\b(?:subscribe|register|sign up|log in|sign in) to (?:read|continue|unlock|access|view)",
    r"\bthis (?:article|story|content) is (?:for|only|exclusive|reserved|available (?:only )?(?:to|for))",
    r"\bsubscribers? only|\balready (?:a|have a) (?:subscri|member)",
    r"\b(?:um )?weiter ?(?:zu)?lesen|\bartikel (?:jetzt )?(?:freischalten|weiterlesen|vollständig lesen)",
    r"\bjetzt (?:abonnieren|freischalten|testen)|\bnur für abonnenten|\bmit .{1,30}(?:abo|plus) (?:weiter)?lesen",
    r"\bpour (?:lire|accéder à) la suite|\b(?:il (?:vous )?reste|reste) \d+ ?%",
    r"\b(?:réservé|réservée) (?:à nos|aux) abonnés|\babonnez-vous pour|\bdéjà abonné",
    r"\bpara (?:seguir|continuar) (?:leyendo|lendo|a ler)",
    r"\b(?:contenido|artículo) (?:exclusivo|solo) para suscriptores|\bsuscríbete para|\bya (?:eres|soy) suscriptor",
    r"\b(?:conteúdo|artigo) exclusivo para assinantes|\bassine para|\bjá é assinante",
    r"\bper (?:continuare a leggere|leggere (?:tutto )?l'articolo)|\b(?:articolo|contenuto) (?:riservato|esclusivo)",
    r"\babbonati per|\bsei già abbonato",
    r"\bom (?:verder|dit artikel) te lezen|\b(?:alleen|exclusief) voor abonnees|\bverder lezen\?|\bal abonnee\b",
    r"\baby (?:czytać dalej|przeczytać (?:cały|całość))",
    r"\b(?:artykuł|treść|dostęp) (?:tylko )?dla (?:prenumeratorów|subskrybentów)|\bczytaj dalej z prenumeratą",
    r"\bmasz już prenumeratę",
)
