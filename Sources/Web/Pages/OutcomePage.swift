import HTTPTypes

/// A page that says what happened, and where to go from there.
struct OutcomePage {
    /// The catalogue has its `.heading` and `.sentence`.
    let words: String
    let variables: [String: String]
    var status: HTTPResponse.Status
    /// With a key of the catalogue.
    let action: (path: String, text: String)?
    let manner: Manner

    init(
        _ words: String, _ variables: [String: String] = [:], status: HTTPResponse.Status = .ok,
        action: (path: String, text: String)? = nil, manner: Manner = .page
    ) {
        self.words = words
        self.variables = variables
        self.status = status
        self.action = action
        self.manner = manner
    }

    func reply(_ writer: PageWriter, _ visit: Visit) throws -> Reply {
        let catalogue = writer.catalogue
        let heading = catalogue.text("\(words).heading", variables)
        var context: [String: Any] = [
            "heading": heading, "sentence": catalogue.text("\(words).sentence", variables),
        ]
        if let action {
            context["actionURL"] = action.path
            context["actionText"] = catalogue.text(action.text)
        }
        if status.code >= 400 { context["reference"] = visit.reference }
        return try writer.reply("outcome", title: heading, context, status: status, manner: manner)
    }
}
