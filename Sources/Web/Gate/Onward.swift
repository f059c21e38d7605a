import OAuth

/// Where somebody goes on to once they are signed in: back to the paused request of an app, or to a page of ours
/// (B050-B054). It travels in addresses, in hidden fields and in the links that are mailed; a request wins over a page.
///
/// A request's handle is worth something only in the browser that began (AZ21), and a page can only be one of ours
/// (WB9): what anybody writes here leads nowhere else.
struct Onward: Sendable, Equatable {
    static let account = Onward()

    /// The handle of a paused request, as it was presented; `nil` unless it has the form of one.
    let request: String?
    let next: ReturnPath?

    init(request: String? = nil, next: ReturnPath? = nil) {
        self.request = request.flatMap { OpaqueToken(.pendingAuthorization, presented: $0) }?.plaintext
        self.next = self.request == nil ? next : nil
    }

    init(_ parameters: OAuth.Parameters) {
        self.init(request: parameters["request"], next: ReturnPath(parameters["next"]))
    }

    /// `?request=…`, `?next=…`, or nothing.
    var query: String { pair.map { "?" + FormEncoding.encode([$0]) } ?? "" }

    /// A page of ours that carries it along.
    func address(_ path: String, _ more: (name: String, value: String)...) -> String {
        let pairs = more + (pair.map { [$0] } ?? [])
        return pairs.isEmpty ? path : path + "?" + FormEncoding.encode(pairs)
    }

    /// For the partial `onward` within a form.
    var fields: [[String: String]] { pair.map { [["name": $0.name, "value": $0.value]] } ?? [] }

    /// There.
    var reply: Reply { request.map(Reply.continuing) ?? .seeOther((next ?? .account).text) }

    private var pair: (name: String, value: String)? {
        request.map { ("request", $0) } ?? next.map { ("next", $0.text) }
    }
}

extension Reply {
    /// Back to the dispatcher, which says what comes next.
    static func continuing(_ handle: String) -> Reply {
        .seeOther("/authorize/continue?request=" + FormEncoding.escape(handle))
    }
}
