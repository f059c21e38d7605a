import JSON
import OAuth

/// What is answered.
struct Reply: Sendable {
    /// How the bytes get to the caller, or why they do not.
    enum Delivery: Sendable {
        case whole
        /// One byte a second.
        case drip
        /// Never.
        case hang
        /// The connection is torn down without a byte (RST).
        case reset
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var delivery = Delivery.whole

    static func json(
        _ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> Self {
        Self(status: status, headers: [("Content-Type", "application/json")] + headers, body: value.bytes())
    }

    static func form(_ pairs: [(name: String, value: String)], status: Int = 200) -> Self {
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        return Self(status: status, headers: [("Content-Type", type)], body: Array(FormEncoding.encode(pairs).utf8))
    }

    static func text(_ text: String, status: Int) -> Self {
        Self(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    static func redirect(to address: String) -> Self {
        Self(status: 302, headers: [("Location", address), ("Cache-Control", "no-store")], body: [])
    }

    /// A page that says whose it is: nobody should take a stand-in for the company.
    static func page(_ title: String, _ content: String, status: Int = 200) -> Self {
        let html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(escaped(title))</title></head>
            <body><main><h1>\(escaped(title))</h1>
            <p>This is a stand-in for tests and for the demo. It has nothing to do with the company.</p>
            \(content)
            </main></body></html>

            """
        let headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
        return Self(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(html.utf8))
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    static let notFound = json(["error": "not_found", "message": "Not Found"], status: 404)
    static let wrongMethod = json(["error": "method_not_allowed", "message": "Method Not Allowed"], status: 405)
}
