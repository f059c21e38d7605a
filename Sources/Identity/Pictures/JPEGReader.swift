/// JPEG, ITU-T T.81 annex B: markers, most with a segment behind them, and coded data after each start of a scan.
enum JPEGReader {
    static func read(_ bytes: [UInt8]) throws(PictureFile.Fault) -> PlainPicture {
        var rest = PictureBytes(bytes)
        _ = try rest.take(2)
        var parts: [UInt8] = []
        var sides: (width: Int, height: Int)?
        var orientation: UInt8?
        var hasScan = false
        while true {
            let marker = try marker(&rest)
            // What lies behind the end is no picture: films and maps, in those of telephones.
            if marker == 0xD9 { break }
            let length = try rest.bigEndian(2)
            guard length >= 2 else { throw .damaged }
            let segment = try rest.take(length - 2)
            switch marker {
            case 0xC0, 0xC1, 0xC2:
                guard sides == nil else { throw .damaged }
                sides = try frame(segment)
            case 0xDA:
                guard sides != nil else { throw .damaged }
                hasScan = true
            case 0xC4, 0xDB, 0xDD: break
            // How the colours are meant; the rest of the APP segments tell of cameras and places.
            case 0xEE where segment.starts(with: Array("Adobe".utf8)) && segment.count == 12: break
            case 0xE1:
                orientation = orientation ?? EXIFOrientation.read(segment)
                continue
            case 0xE0...0xEF, 0xFE: continue
            default: throw .damaged
            }
            parts += [0xFF, marker]
            parts.appendBigEndian(length, 2)
            parts += segment
            if marker == 0xDA { parts += try scan(&rest) }
        }
        guard let sides, hasScan else { throw .damaged }
        let turn = orientation.map(EXIFOrientation.segment) ?? []
        return PlainPicture(
            width: sides.width, height: sides.height, bytes: [0xFF, 0xD8] + turn + parts + [0xFF, 0xD9])
    }

    /// Any number of fill bytes may stand before it (B.1.1.2).
    private static func marker(_ rest: inout PictureBytes) throws(PictureFile.Fault) -> UInt8 {
        guard try rest.byte() == 0xFF else { throw .damaged }
        var marker = try rest.byte()
        while marker == 0xFF { marker = try rest.byte() }
        return marker
    }

    /// Coded data, up to a marker that does not belong to it (B.1.1.5).
    private static func scan(_ rest: inout PictureBytes) throws(PictureFile.Fault) -> [UInt8] {
        var data: [UInt8] = []
        while true {
            var ahead = rest
            let byte = try ahead.byte()
            if byte == 0xFF {
                let code = try ahead.byte()
                guard code == 0 || (0xD0...0xD7).contains(code) else { return data }
                data += [byte, code]
            } else {
                data.append(byte)
            }
            rest = ahead
        }
    }

    /// B.2.2: eight bits, one, three or four components.
    private static func frame(_ segment: [UInt8]) throws(PictureFile.Fault) -> (width: Int, height: Int) {
        var rest = PictureBytes(segment)
        let precision = try rest.byte()
        let (height, width) = (try rest.bigEndian(2), try rest.bigEndian(2))
        let components = Int(try rest.byte())
        guard precision == 8, [1, 3, 4].contains(components), rest.remaining == 3 * components else { throw .damaged }
        return (width, height)
    }
}
