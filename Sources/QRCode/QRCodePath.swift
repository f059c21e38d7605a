/// A code as a drawing: what an SVG needs of it.
extension QRCode {
    /// Light modules on each side, without which readers do not find the code (ISO/IEC 18004 §5.3.8).
    package static let quietZone = 4

    /// Modules in a row with the quiet zone on both sides: the side of the drawing.
    package var side: Int { size + 2 * Self.quietZone }

    /// The dark modules as the data of one SVG path, a module being 1 by 1: each run in a row is one rectangle.
    package var path: String {
        var text = ""
        for row in 0..<size {
            var start: Int?
            for column in 0...size {
                let isDark = column < size && modules[row * size + column]
                if isDark {
                    start = start ?? column
                } else if let first = start {
                    text +=
                        "M\(first + Self.quietZone) \(row + Self.quietZone)h\(column - first)v1H\(first + Self.quietZone)z"
                    start = nil
                }
            }
        }
        return text
    }
}
