/// One letter of what may be a token, as it is or percent-encoded.
struct TokenLetter {
    enum Kind {
        case figure
        case capital
        case small
        case plus
        case slash
        /// `-` and `_` of base64url.
        case mark
        /// `=` behind the last letter.
        case padding
    }

    let kind: Kind
    /// As it was written.
    let text: String
    let isHexadecimal: Bool

    private init(_ text: String, kind: Kind, isHexadecimal: Bool) {
        self.text = text
        self.kind = kind
        self.isHexadecimal = isHexadecimal
    }

    var isOfBase64Alone: Bool { [.plus, .slash, .padding].contains(kind) }

    /// Takes one letter from the front; `nil`, and nothing is taken, when there is none.
    init?(_ rest: inout ArraySlice<Unicode.Scalar>) {
        guard let (scalar, length) = Self.first(of: rest), let kind = Self.kind(of: scalar),
            kind != .padding || Self.isAtEnd(rest.dropFirst(length))
        else { return nil }
        self.init(
            String(String.UnicodeScalarView(rest.prefix(length))), kind: kind,
            isHexadecimal: scalar.properties.isASCIIHexDigit)
        rest = rest.dropFirst(length)
    }

    /// A scalar and how many stand for it.
    private static func first(of rest: ArraySlice<Unicode.Scalar>) -> (Unicode.Scalar, length: Int)? {
        guard let first = rest.first else { return nil }
        guard first == "%" else { return (first, 1) }
        let digits = rest.dropFirst().prefix(2)
        guard digits.count == 2, digits.allSatisfy(\.properties.isASCIIHexDigit),
            let byte = UInt8(String(String.UnicodeScalarView(digits)), radix: 16)
        else { return nil }
        return (Unicode.Scalar(byte), 3)
    }

    /// In `name=value` it separates.
    private static func isAtEnd(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let (scalar, length) = first(of: rest), let kind = kind(of: scalar) else { return true }
        guard kind == .padding else { return false }
        let behind = rest.dropFirst(length)
        return first(of: behind).flatMap { Self.kind(of: $0.0) } == nil
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind? {
        switch scalar {
        case "0"..."9": .figure
        case "A"..."Z": .capital
        case "a"..."z": .small
        case "+": .plus
        case "/": .slash
        case "-", "_": .mark
        case "=": .padding
        default: nil
        }
    }
}
