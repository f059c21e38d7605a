import Cryptography
import Foundation

/// A text that may be found nowhere, in whatever form.
struct PlantedSecret {
    private let needles: [(form: String, bytes: Data)]

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var needles = [("clear", Data(bytes)), ("hex", Data(Hex.encode(bytes).utf8))]
        needles.append(("hex", Data(Hex.encode(bytes).uppercased().utf8)))
        // In base64 a text looks three ways, by where in a group of three bytes it begins; the letters at
        // both ends mix with what stands beside it and are left off.
        for shift in 0..<3 {
            let padded = Data(repeating: 0, count: shift) + Data(bytes)
            let whole = padded.prefix(padded.count / 3 * 3).base64EncodedString()
            let core = String(whole.dropFirst(shift == 0 ? 0 : 4))
            needles.append(("base64", Data(core.utf8)))
            let urlSafe = core.replacing("+", with: "-").replacing("/", with: "_")
            needles.append(("base64", Data(urlSafe.utf8)))
        }
        self.needles = needles.filter { $0.1.count >= 6 }.map { (form: $0.0, bytes: $0.1) }
    }

    /// The forms in which it is there.
    func traces(in data: Data) -> Set<String> {
        Set(needles.filter { data.range(of: $0.bytes) != nil }.map(\.form))
    }
}
