import HTTPTypes
import Identity
import OAuth

/// The page that asks for the address.
struct MagicLinkPage {
    let email: String
    let onward: Onward
    let request: AuthorizationRequest?
    private(set) var emailError: String?
    private(set) var captcha: CaptchaSaying?
    private(set) var finding: Finding?

    init(email: String, onward: Onward, request: AuthorizationRequest?) {
        self.email = email
        self.onward = onward
        self.request = request
    }

    var retryAfter: Int64? { captcha?.retryAfter }

    var status: HTTPResponse.Status {
        captcha?.status ?? (emailError == nil ? .ok : .unprocessableContent)
    }

    /// - Parameter key: of the catalogue.
    mutating func refuse(_ key: String) {
        emailError = key
        finding = .incompleteAddress
    }

    mutating func refuse(_ saying: CaptchaSaying) {
        captcha = saying
        finding = saying.finding
    }

    func context(_ catalogue: Catalogue, _ reference: String) -> [String: Any] {
        var context: [String: Any] = [
            "email": email, "onward": onward.fields, "signInURL": onward.address("/sign-in"),
            "heading": request.map { catalogue.text("magic_link.heading_client", ["client": $0.client.name]) }
                ?? catalogue.text("magic_link.heading"),
            "sentence": catalogue.text("magic_link.sentence"), "button": catalogue.text("magic_link.button"),
        ]
        let sentence = emailError.map { catalogue.text($0) }
        context["emailError"] = sentence
        guard let summary = captcha?.sentence ?? sentence.map({ _ in catalogue.text("error.summary.form") }) else {
            return context
        }
        let fields = sentence.map { [["id": "email", "message": $0]] } ?? []
        context["error"] = ["summary": summary, "fields": fields, "reference": reference] as [String: Any]
        return context
    }
}
