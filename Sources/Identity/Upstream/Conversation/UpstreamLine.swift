import JSON
import OAuth

/// Asks a provider, and takes what it answers only in the form it was asked for. Redirections are never followed (SO9): they
/// would carry a code or a token to an address nobody has pinned.
struct UpstreamLine: Sendable {
    typealias Header = (name: String, value: String)

    let fetcher: any HTTPFetcher

    /// - Parameter place: which of its addresses it is, in words of ours.
    func get(
        _ place: String, _ url: String, bearer: String? = nil, headers: [Header] = []
    ) async throws(UpstreamFault) -> UpstreamReply {
        let proof = bearer.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        return try await ask(place, OutboundRequest(method: "GET", url: url, headers: Self.common(headers) + proof))
    }

    func post(
        _ place: String, _ url: String, form: [(name: String, value: String)], headers: [Header] = []
    ) async throws(UpstreamFault) -> UpstreamReply {
        let type = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
        return try await ask(
            place,
            OutboundRequest(
                method: "POST", url: url, headers: Self.common(headers) + type,
                body: Array(FormEncoding.encode(form).utf8)))
    }

    /// GitHub answers nobody who does not name themselves, and not in JSON unless asked.
    private static func common(_ headers: [Header]) -> [Header] {
        let accept = headers.contains { $0.name == "Accept" } ? [] : [(name: "Accept", value: "application/json")]
        return accept + [(name: "User-Agent", value: "Martlet")] + headers
    }

    private func ask(_ place: String, _ request: OutboundRequest) async throws(UpstreamFault) -> UpstreamReply {
        let response: OutboundResponse
        do {
            response = try await fetcher.fetch(request)
        } catch {
            // What fetching says of itself holds neither header nor body of anything.
            throw .unavailable(.known("\(place): \(error)"))
        }
        switch response.status {
        case 200, 400..<429, 430..<500: return UpstreamReply(place: place, response: response)
        case 429, 500...: throw .unavailable(.known("\(place): status \(response.status)"))
        case 300..<400:
            throw .answer(.known("\(place): status \(response.status), a redirection, which is never followed"))
        default: throw .answer(.known("\(place): status \(response.status), 200 was expected"))
        }
    }
}

/// What was answered, with a status of 200 or of 4xx.
struct UpstreamReply: Sendable {
    /// Deeper than anybody's answers are.
    private static let deepest = 16
    private static let longest = 1 << 20

    let place: String
    let response: OutboundResponse

    var isSuccess: Bool { response.status == 200 }

    /// The body of a success.
    func value() throws(UpstreamFault) -> JSONValue {
        guard isSuccess else { throw .answer(.known("\(place): status \(response.status), 200 was expected")) }
        return try anyValue()
    }

    func object() throws(UpstreamFault) -> JSONObject {
        guard let object = try value().objectValue else { throw .answer(.known("\(place): not a JSON object")) }
        return object
    }

    /// The body, whatever the status.
    func anyValue() throws(UpstreamFault) -> JSONValue {
        guard Self.isJSON(response.contentType) else {
            throw .answer(.sent("\(place): content type \(response.contentType ?? "none"), JSON was expected"))
        }
        do throws(JSONFault) {
            return try JSONValue(parsing: response.body, maximumDepth: Self.deepest, maximumBytes: Self.longest)
        } catch {
            throw .answer(.sent("\(place): not JSON: \(error.description)"))
        }
    }

    /// `application/json`, or `application/…+json` (RFC 6839 §3.1).
    private static func isJSON(_ type: String?) -> Bool {
        guard let type, type.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json" || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }
}
