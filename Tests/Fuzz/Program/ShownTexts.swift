import OAuth

@testable import Web

/// What strangers sent, on its way to logs, terminals and pages (CF3, CF4, WB7).
struct ShownTextTarget: FuzzTarget {
    static let name = "shown-text"

    private static let secret = "mrt_Zk3vQ9xT1bWm7RyL5cUeHs2nPdJf8GaKoXi4VtC6wNE"

    func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for shown in [ShownText.sent(text), .sentAddress(text), .sentName(text), .known(text)] {
            demand(!shown.text.unicodeScalars.contains(where: PlainText.isTreacherous), "nothing acts on a terminal")
            demand(shown.text.unicodeScalars.count <= 901, "what is shown is bounded")
        }
        demand(PlainText.escaped(PlainText.escaped(text)) == PlainText.escaped(text), "escaping twice is escaping once")
        checkSecrecy(text)
        let page = HTMLEscaping().escapeText(text)
        demand(
            !page.unicodeScalars.contains { "<>\"'".unicodeScalars.contains($0) }, "nothing leaves its place on a page")
    }

    /// A secret between what is no letter of its own is concealed, whatever else stands there.
    private func checkSecrecy(_ text: String) {
        let place = text.unicodeScalars.prefix(100)
        let around = String(String.UnicodeScalarView(place.filter { !Self.isOfSecrets($0) }))
        let shown = ShownText.sent("\(around) \(Self.secret) \(around)").text
        demand(!shown.contains(Self.secret.dropFirst(4)), "a secret is concealed")
    }

    private static func isOfSecrets(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", "+", "/", "=", "%": true
        default: false
        }
    }
}
