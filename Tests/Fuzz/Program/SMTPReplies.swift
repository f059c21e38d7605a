import CCurl

@testable import Outbound

/// What a mail server says, RFC 5321 §4.2, line by line; lines that begin with `>` are what was said to it.
struct SMTPTarget: FuzzTarget {
    static let name = "smtp"

    private static let endings = [CURLE_OK, CURLE_LOGIN_DENIED, CURLE_OPERATION_TIMEDOUT, CURLE_RECV_ERROR]

    func check(_ bytes: [UInt8]) {
        var dialogue = SMTPDialogue()
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(64) {
            let stage = dialogue.stage
            if line.first == UInt8(ascii: ">") {
                let said = line.dropFirst()
                dialogue.said(said)
                if said.elementsEqual(".".utf8) { dialogue.hasHandedOver() }
            } else {
                dialogue.heard(line)
                demand(dialogue.stage >= stage, "what is heard never takes a step back")
            }
            demand(dialogue.code == nil || dialogue.reply != nil, "figures have their words")
            demand((0...999).contains(dialogue.code ?? 0), "three figures")
            demand((dialogue.reply?.utf8.count ?? 0) <= 3 * 512, "a reply is bounded")
        }
        for ending in Self.endings {
            let fault = dialogue.fault(ending)
            demand(!dialogue.isTaken || fault == nil, "what they have taken is not sent again")
            guard ending == CURLE_RECV_ERROR, !dialogue.isTaken else { continue }
            demand(fault != nil, "a mail that broke off has not arrived")
            if fault?.cause == .refused {
                demand(
                    (500...599).contains(dialogue.code ?? 0) && dialogue.stage >= .addressing,
                    "only a no about this mail ends it")
            }
        }
    }
}
