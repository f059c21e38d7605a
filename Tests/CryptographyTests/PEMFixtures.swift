/// Keys made for these tests and used nowhere else.
enum PEMFixtures {
    /// The key of RFC 7520 §3.4 as OpenSSL 1.0 wrote it.
    static let rsaTraditional = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAn4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8/KuKPEHLd4
        rHVTeT+O+XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz/AJmSCpMaJMRBSFKrKb2wqVwG
        U/NsYOYL+QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj+oBHqFEHYpP
        e7Tpe+OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzw
        OHrtIQbS0FVbb9k3+tVTU4fg/3L/vniUFAKwuCLqKnS2BYwdq/mzSnbLY7h/qixo
        R7jig3//kRhuaxwUkRz5iaiQkqgc5gHdrNP5zwIDAQABAoIBAG1lAvQfhBUSKPJK
        Rn4dGbshj7zDSr2FjbQf4pIh/ZNtHk/jtavyO/HomZKV8V0NFExLNi7DUUvvLiW7
        0PgNYq5MDEjJCtSd10xoHa4QpLvYEZXWO7DQPwCmRofkOutf+NqyDS0QnvFvp2d+
        Lov6jn5C5yvUFgw6qWiLAPmzMFlkgxbtjFAWMJB0zBMy2BqjntOJ6KnqtYRMQUxw
        TgXZDF4rhYVKtQVOpfg6hIlsaoPNrF7dofizJ099OOgDmCaEYqM++bUlEHxgrIVk
        wZz+bg43dfJCocr9O5YX0iXaz3TOT5cpdtYbBX+C/5hwrqBWru4HbD3xz8cY1TnD
        qQa0M8ECgYEA3Slxg/DwTXJcb6095RoXygQCAZ5RnAvZlno1yhHtnUex/fp7AZ/9
        nRaO7HX/+SFfGQeutao2TDjDAWU4Vupk8rw9JR0AzZ0N2fvuIAmr/WCsmGpeNqQn
        ev1T7IyEsnh8UMt+n5CafhkikzhEsrmndH6LxOrvRJlsPp6Zv8bUq0kCgYEAuKE2
        dh+cTf6ERF4k4e/jy78GfPYUIaUyoSSJuBzp3Cubk3OCqs6grT8bR/cu0Dm1MZwW
        mtdqDyI95HrUeq3MP15vMMON8lHTeZu2lmKvwqW7anV5UzhM1iZ7z4yMkuUwFWoB
        vyY898EXvRD+hdqRxHlSqAZ192zB3pVFJ0s7pFcCgYAHw9W9eS8muPYv4ZhDu/fL
        2vorDmD1JqFcHCxZTOnX1NWWAj5hXzmrU0hvWvFC0P4ixddHf5Nqd6+5E9G3k4E5
        2IwZCnylu3bqCWNh8pT8T3Gf5FQsfPT5530T2BcsoPhUaeCnP499D+rb2mTnFYeg
        mnTT1B/Ue8KGLFFfn16GKQKBgAiw5gxnbocpXPaO6/OKxFFZ+6c0OjxfN2PogWce
        TU/k6ZzmShdaRKwDFXisxRJeNQ5Rx6qgS0jNFtbDhW8E8WFmQ5urCOqIOYk28EBi
        At4JySm4v+5P7yYBh8B8YD2l9j57z/s8hJAxEbn/q8uHP2ddQqvQKgtsni+pHSk9
        XGBfAoGBANz4qr10DdM8DHhPrAb2YItvPVz/VwkBd1Vqj8zCpyIEKe/07oKOvjWQ
        SgkLDH9x2hBgY01SbP43CvPk0V72invu2TGkI/FXwXWJLLG7tDSgw4YyfhrYrHmg
        1Vre3XB9HH8MYBVB6UIexaAq4xSeoemRKTBesZro7OKjKT8/GmiO
        -----END RSA PRIVATE KEY-----

        """

    /// RSA, 1024 bits.
    static let rsa1024 = """
        -----BEGIN PRIVATE KEY-----
        MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAKksskbSA3b+7Wia
        gjtiBYGShQkkGrRJawplGhIEvDujAY6K19yt6IHQKwMkNdW6/LDK5LGsgs5sBVbG
        Aq149x7TqtJbyqo+Ioh611rawrQ9+C24LoYc8snWX1Z8lUt9rIKCRMLM9YU80RiH
        n1BaRuPMcYCiyVicXVVNNCYIi1mJAgMBAAECgYBaAcHIFCxrvy4onSv01C4Bxiap
        ul/K09Tzbt7z/zj2sb8+S3iVnKE7j7mSrk1GLXoLxabvMM1XbflZNXhvOxCepDdZ
        MtajYhNCZdNsLjmPZmlsmzUoOyLq7xJiiZU+dkMwCd++GtoIhRzuwAXVd37JqqSW
        OYZCyuy4DNXJ4OBeEQJBAN17N/rDIwJuHcRvywDXsbJ9IjqrQxjBRJjc8cxziLlg
        4t9mg6Wnga/EffaPcWDncHqUYtwWHaWK+2Y8XMSKMo8CQQDDioQDlPolA2m8Q8bu
        7sHRdVNKSDyGH4+9R4c5k0R1hMGx9wEFeM65cV21l2SWm1K1/eJwAKRMULMNQApp
        195nAkASc7WSOrer+CiauQWcqFuxlyNG6AXLBi8E3UN32RhG+X9tRUkqf+4aCrDD
        3eeAP0frrnkeBOmrZQzU06qW5TyZAkAEa/t0QUgu0hbwBPBYstl7LRYHFf8YYVpU
        w2tRZ/0iUzA2IAnL3+F83A1sb9H8feKu7uDR+5G7kA+cexhBMHp9AkEAmkIwo9fL
        Xf6BpvdGVjtWy1//o12ogGTbQOqNW6DXlzs3nfqV1Q0F+YINU0NN55k+UAvehIgt
        Tf0hWAjbQXEGPQ==
        -----END PRIVATE KEY-----

        """

    /// RSA, 512 bits.
    static let rsa512 = """
        -----BEGIN PRIVATE KEY-----
        MIIBUwIBADANBgkqhkiG9w0BAQEFAASCAT0wggE5AgEAAkEA8jycj/jDa7jJggsy
        KAVUB/lI8yH9lMt1MqdPl6xaMU5KrmoT5EuLkGd4wPopqoV9Qy0SaHANxzIB0muH
        XdH6eQIDAQABAkBfKXSQErgiz3tKPT+8/Srf3wzLhyTpmWw3NAdOnITqLQX6k7TC
        +7qZGHEU0t9IlaYzbGN3mkvagyR7PgoaFbIpAiEA+3tIfo45v+Q1leejO3lb8YU8
        c/NGW1uE5tBZ8vC0k68CIQD2ls5ODktAibOBUAXuaouyv68fpBj6TXVkrx3WIVlW
        VwIgL2q2Z45fmyvnYqVzZLJkQKzTkjVLjcw6yd59J051becCIBrP7wLBvyD3WBNZ
        diukXihDe3E/UI/22Crod6AO5D3lAiBf3pqXlEtuJM5oe4VmaCPEQWlUkBJW1ljx
        xIF/SEaHdw==
        -----END PRIVATE KEY-----

        """

    /// RSA, 2048 bits, with the exponent 3.
    static let rsaExponent3 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCYjeYMN732MdbF
        1Yec3/WmTydkDKcKjJWLJAeKgYw2ZjkUQzzjZ1Nf4iuyi8HXNALlLmylmvpCUbck
        vuPbhuQS2bXf9DBQZajdqknVolM7bGBHI9akW2c2UDCfJttAMIOpcsVWzqXHU0Go
        ZDM7W+LW9iSdedZYVJkojEDNOGvHkgRlb6ES/6E5C1KVyjPfhkrSvAFJp4RIR3yM
        52if4wU98kT4NrinTx/uCSS/K5CnzJtk9bAnGfaTySI4PRZkNEBxicHJJu3uxazV
        UNlfW0Ncp3VgWAHjEAoyDNiWxzycG1/+53n5DwMI55bQdh97TUASxx+jZmkNFpZB
        EN0HPH+TAgEDAoIBAGWz7rLP0/l2jy6OWmiVTm7fb5gIb1xduQdtWlxWXXmZe2LX
        fezvjOqWx8xdK+TNV0N0SG5nUYGLz23Ul+evQrc7zpVNdYrucJPG2+PBjNJIQC9t
        OcLnmiQ1db9vPNV1rRuh2OSJw9o3gRrtd3zn7I9OwxOmjuWNu3BdgIjQR9pgUMRf
        wADiln1d14Wt7iLm3r6CsEFx2/UYHzhkSp3veqokUOzdqRk4DMG2zcSLKqQxT8OX
        KaC23kLVdjyqQ7sbx0MSEZEnkIvZ27TMDIzvxGn5/HTwig62MuW/aYPXC1FUZwZG
        CMLT/kElmPRn0UPSR6aqsB3dgNmtbfuqCT6W4IsCgYEAxo60ea7k4Kx3d7hN+53U
        IYmhiXKxQiabZcYCymjAIJQqa4yDYvuYooabo0lP2COzV/1zeDFSg+d7tp7kd0he
        G7YEeNY1ReiDPTgag8eDIkhi4uX3pbOm/ALY7hExF/XsZdiZsEHxlCF33pI8eWoi
        evG6x8isyuowwXEdnph9yYkCgYEAxLArh2LG3tCHF5T3Uw1X2ytWb3TLeDIH5/JO
        Lko7rKqRYAhm2AXiakTbTM8K+I3PS8IfeYS1JUgNOj5ZOYMsedbqLpk2TzR7pg4E
        QsRwenVNl8r3jRlXwdaUzD/Tk6wwX5zkvJLfcYW3Us+d7CtvWacMT63tXNxhr9Z0
        MJDcZTsCgYEAhF8i+8nt6x2k+nrep76Na7EWW6HLgW8SQ9lXMZsqwGLG8l2s7Ke7
        FwRnwjDf5W0iOqj3pXY3AppSeb9C+jA+vSQC+zl42UWs03q8V9pXbDBB7JlPw80Z
        /Vc7SWDLZU6dmTsRICv2YsD6lGF9pkbBp0vR2oXIh0bLK6C+abr+hlsCgYEAgyAd
        BOyElIsEumNPjLOP53I5n6MyUCFamqGJdDF9HccLlVrvOq6W8YM83d9cpbPfh9a/
        plh4w4VeJtQ7e6zIUTnxdGYkNM2nxAlYLIL1pvjeZTH6XhDlK+RjMtU3t8ggP73t
        0wyU9lkk4d++nXJKO8Sy38lI6JLryo74IGCS7icCgYBreMEblYRboMzb0K+XHhlH
        SgCMH1ZrU0v3ZMxxtpTKvvY9nxurEjMWvh5kFU2sJQeeGixF73sJe2uTGiW2FPMz
        aB872L/GqoZ+Yt0IXfQpws0ba2sCgitYW6k3PQGE78mO+q2BHbwapDid88GX5gMF
        mjbhs8uCFBE64fGHnw6BnQ==
        -----END PRIVATE KEY-----

        """

    /// The curve P-384.
    static let p384 = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDV2eGfnnUlhHraophx
        6ED1wHF4WVz/5UktLWZsEHL7rTx61zBcdF9IFmCYHdYZ4O2hZANiAARQ9xVwwY9E
        ntJaQ5S0mipw7e7RTQcyX0kj83Bfj0L/AgcKDYknT1FynqKpE4sznLeXkBpr+Cgf
        1QjysYmBtowZwAAKO4gwHtFDAI7+VcwzlqYYaGsWN1cf2dvZPowMapA=
        -----END PRIVATE KEY-----

        """

    /// The curve secp256k1.
    static let secp256k1 = """
        -----BEGIN PRIVATE KEY-----
        MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQg0sh9sZx82Jx2RTSZKkYe
        XNpWqkxdIyAj9XlyOteGBoKhRANCAAQZdhcR221l5xdCfehidmIoz6Ss3ShASMxP
        koazgrXYGtTEIKt5rnaEZbuuRaG/SnHHSOR8CUV56dAj/UAwiutY
        -----END PRIVATE KEY-----

        """

    /// P-256 in PKCS#8.
    static let p256PKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglReSC85JjSWvKTGp
        H+mjw8EF6MAnvXpvJs1Ld7GH0M2hRANCAARdVX1gkttgXaVVafE3ED+a2xpg7uue
        ib4kyNWJghde7sKD7Aq2sUhvPFoBKxEWG5VV64ZeOgtNRccMUGROh5DX
        -----END PRIVATE KEY-----

        """

    /// The same key as `openssl ecparam -genkey` writes it, parameters first.
    static let p256Traditional = """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIJUXkgvOSY0lrykxqR/po8PBBejAJ716bybNS3exh9DNoAoGCCqGSM49
        AwEHoUQDQgAEXVV9YJLbYF2lVWnxNxA/mtsaYO7rnom+JMjViYIXXu7Cg+wKtrFI
        bzxaASsRFhuVVeuGXjoLTUXHDFBkToeQ1w==
        -----END EC PRIVATE KEY-----

        """

    /// The same key, encrypted.
    static let encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBCgdmLN61PPuxxmKhkp
        Z1DOAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQYbSP/Bbm/qUuNPUa
        1U1q8wSBkB1xc8c8h89YJZz04MMOcNA4vCekALSRrbzYZ1Y3ZmTT+sxecq5kKgKX
        1I/gInoZ1meLx3YfX7bd0dKq6dNNmXdT0ES4IlB2F1otdn4noxTbUWamDPfDJ8wx
        ChIZkWSa0nCFg9C68TiRvi4CVRIl2juUZkMoBbYfEGojIVlUWSfBcZg63jxXPkpM
        dJ+w4a1EhA==
        -----END ENCRYPTED PRIVATE KEY-----

        """

    /// Its public half.
    static let publicOnly = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXVV9YJLbYF2lVWnxNxA/mtsaYO7r
        nom+JMjViYIXXu7Cg+wKtrFIbzxaASsRFhuVVeuGXjoLTUXHDFBkToeQ1w==
        -----END PUBLIC KEY-----

        """

    /// RFC 8410 §10.3.
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        -----END PRIVATE KEY-----

        """

    /// A key for agreement, which cannot sign.
    static let x25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIPAOr+FRGevU+fNx9TQhq8aKYgwxEzi749QvcKIaq/Zu
        -----END PRIVATE KEY-----

        """

    /// An RSASSA-PSS key, whose type is not RSA.
    static let rsaPSSOnly = """
        -----BEGIN PRIVATE KEY-----
        MIIEuwIBADALBgkqhkiG9w0BAQoEggSnMIIEowIBAAKCAQEAhiQknAm4hQVqJF83
        KdaBLug7AbQHj3Cu0eaSxq8Vn3err/VhTFAIkVjVXg0J1DPgMJniVpZiSOGox24L
        AAMHfVowa8Zk+VILzNHPByamQSGqzhQ5Ub5BECzcZAn7/Paht6bCHeKWmruCzNdE
        M31Wn+zRj2yicLeCU5TUuMLyw+BsrQF7SI95Riz/z7vtxoLuiGPxhOfG0DwB3vjw
        khtI6oPpgzFIs78lrDVMV4oJTR1ol6c5YF4gtKvivhU3nOqSxoXvT5HwP+UThtM9
        oHx59fpuWbkET1MegabYrGoI3lcA4tGmxqktYMc0ZxDgM0Cdy9Vt7FcDJY5YvSlS
        qNo/5wIDAQABAoIBAD8demxA1qUgKxT6CAaTey0K79iZUIVZS6hPiPgbIV1q/UlJ
        d4JkleNtnNcn41wJHI9BmJGNKKmKI9PSHzLeOgPtD6NmMdRtmkfA4FxI/yjeInPc
        aCviDNMDiJ85Y2te0DCNMgDFwH8Fg0HGd7ySWNPepauKPdQzRAr3mC9m6rrmi1jM
        n1o3X56NIRsOAbE+RlW1fikL9FMGKl33jV74Ee5ET/CXDW/I7SfuyeuXokO3oP4x
        iMi+VdYWLn3TO0JPk0SLAQ7efZK/S2L415P1H4t8sTGUSKLPHZF8qxZcU5UptuZ4
        Jga17vyybhOSvjM09rkxIsA9GCqPTyHxHBoPXUECgYEAuiE28FF0vi3xFDe56yA4
        R6LC2SUPm1JbhOlHwVQ4FMFSUQSzB8TM42nDSaxOV8nWIooXh2KOaGigiMaYPVta
        DKb/LW/bYd4BtBWsVI8N8cns27TyUEgXO81/wttOTw3dTCrWIAZRMY8TQeIzBnRU
        b7h3bOWruvz12iwZ24sWPJ8CgYEAuH7oIT2mDl0749JUD5td0QE5/FNoNux4zSfi
        9/76zp/1vJVqPuJXRQI4vpsly0Ecy3ejwuiZTcuyDOydaafrzKfkfXMxfQEc8Asz
        pB8sjUfyGq1/YyypTXZVidH6AO7zFJamT4k4BgZ95R6c0JBwO1/Ho5FHwRrRmRbi
        6p7Q77kCgYAGQPtxk6sSgMSq4zxx9AEwFv3pAd/GXjwI+TWZ/1RrDhvP8RJ63lfs
        BC+1l/6B4Jw7SNyFhgA27d0G+3U+CoW6Cxpj0nBSl30DKf9CUBQt3ZUBxNCndeSh
        88OpLmkxKswWtRHAvbWYrq/89La2Ls5veok4tXbRr5IrJHQx9jhnDQKBgQCdpRq2
        ZJYCihoFlg/r8gbc8x5YA/D1lWO3cVCYNZCbg8UXKdjJ+N83ASn5fFpz7aQsG4Ob
        pOJxvg7aykfLIwfyLLeplgeAV7YhSoEKyPRpmENAFmXWGTBlFysKA5iKuaKNQhjD
        t21egKeMYnb+I50yrqnIkvfsAf18wTiN37yKSQKBgHCs/A0Isl4e+uJW0k0gpul9
        N5c+3eq6BuskaJ5Eoa6yKnymcUYe9nyP2ua8yTDIGJsHiZxbUPFHkL39FOQL7Xdb
        PM3THXv3OwoCsAplJTEp+wsp1kpTHTzah1xkasZXkXzIuqVa832wT0agy03aBWNI
        jGz8k7Jl+78viq7pvECG
        -----END PRIVATE KEY-----

        """

    /// P-256, with the public half of another key.
    static let mismatched = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglReSC85JjSWvKTGp
        H+mjw8EF6MAnvXpvJs1Ld7GH0M2hRANCAARrnTzhlWHopy26IqKE527ZxTrRoGGT
        9fS9jGmDgo8lockW3R8SbkKxXwfoWw9mlnbMU0IOhmMcmekJ3cWz+ZtA
        -----END PRIVATE KEY-----

        """
}
