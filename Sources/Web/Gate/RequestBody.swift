import HTTPTypes

/// What a request may bring in its body.
enum RequestBody: Sendable, Equatable {
    /// What pages and the protocol send.
    case form
    /// RFC 8259.
    case json
    /// A form with a file in it, of at most so many bytes, whatever the limit of bodies is elsewhere.
    case upload(Int)

    var mediaType: String {
        switch self {
        case .form: "application/x-www-form-urlencoded"
        case .json: "application/json"
        case .upload: "multipart/form-data"
        }
    }
}

extension Visit {
    /// Exactly this type, whatever parameters follow: what another site's form could send as plain text is none (WB6).
    func brings(_ body: RequestBody) -> Bool {
        if case .upload = body { return MultipartForm.isSent(headers) }
        let sent = headers.line(.contentType)
        if sent == body.mediaType { return true }
        let type = sent?.split(separator: ";").first.map(String.init) ?? ""
        return type.trimmingPrefix(while: \.isWhitespace).lowercased() == body.mediaType
    }
}
