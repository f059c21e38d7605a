import HTTPTypes

/// A page where a code from a mail is typed.
struct CodePage {
    /// A key of the catalogue.
    let error: String?

    init(_ error: String? = nil) {
        self.error = error
    }

    var status: HTTPResponse.Status { error == nil ? .ok : .unprocessableContent }

    func context(_ catalogue: Catalogue, _ reference: String) -> [String: Any] {
        guard let sentence = error.map({ catalogue.text($0) }) else { return [:] }
        return [
            "codeError": sentence,
            "error": [
                "summary": catalogue.text("error.summary.form"), "fields": [["id": "code", "message": sentence]],
                "reference": reference,
            ] as [String: Any],
        ]
    }
}
