"""Names of people and companies that do not exist, put together from common parts of several cultures."""

from __future__ import annotations

import unicodedata

CULTURES: tuple[tuple[str, str], ...] = (
    (
        "Alice Brian Clara Daniel Edith Frank Grace Harold Irene James Kate Leonard Molly Nigel Olive Peter Rose Simon",
        "Ashdown Barlow Croft Dunmore Elwood Fairley Garland Hartwell Ibbotson Jessop Kendrick Lowther Marsden Norwood "
        "Oakes Pemberton Radley Sheldon Thorne Wakefield",
    ),
    (
        "Anke Bernd Carla Dieter Elke Falk Greta Heiko Ilse Jürgen Katja Lutz Maike Norbert Petra Rüdiger Sabine Uwe",
        "Ackermann Brandt Clausen Dörfler Ebeling Förster Grünwald Hübner Jansen Köhler Lüders Möller Nolte Petersen "
        "Reuter Schäfer Thieme Vogt Wächter Zöllner",
    ),
    (
        "Ana Benito Carmen Diego Elena Felipe Gloria Hugo Inés Jorge Lucía Mateo Nuria Óscar Pilar Raúl Sofía Tomás",
        "Aguilar Benítez Castaño Domínguez Espinosa Fuentes Gálvez Herrera Ibáñez Lozano Márquez Navarro Ortiz Peña "
        "Quintana Ruiz Salcedo Torres Valdés Zamora",
    ),
    (
        "Amélie Camille Denis Élodie François Gaëlle Hervé Inès Julien Léa Marc Noémie Olivier Pauline Rémi Sylvie",
        "Aubert Bonnet Chevalier Delorme Étienne Fontaine Girard Hamelin Jolivet Lacroix Marchand Noël Perrot Renaud "
        "Sabatier Tessier Vasseur",
    ),
    (
        "Aleksandra Bartosz Celina Dawid Ewa Filip Grażyna Hubert Iwona Jakub Kinga Łukasz Marta Paweł Renata Wojciech",
        "Adamczyk Bąk Cieślak Dudek Głowacki Jabłoński Krawczyk Lis Mazurek Nowicki Pawlak Rutkowski Sikora Zając",
    ),
    (
        "Aarti Bhavesh Chitra Deepak Esha Farhan Gauri Harish Indira Jatin Kavita Lalit Meera Priya Rohan Sunita",
        "Acharya Bhatt Chandra Desai Gokhale Iyer Joshi Kulkarni Mehta Nair Patil Rao Sharma Trivedi Varma",
    ),
    (
        "Aiko Daisuke Emi Haruto Izumi Kenji Mariko Naoki Rin Sakura Takumi Yoko Yuto Hana Ren Kaori",
        "Aoki Endo Fujita Hayashi Inoue Kimura Matsuda Nakano Okada Sasaki Takeda Ueno Wada Yamashita",
    ),
    (
        "Bảo Chi Dũng Hạnh Khánh Lan Minh Ngọc Phong Quỳnh Sơn Thảo Tuấn Vân",
        "Bùi Đặng Đỗ Dương Hoàng Lê Lý Nguyễn Phạm Phan Trần Võ Vũ",
    ),
    (
        "Amina Bilal Dalia Faris Hana Idris Jamila Karim Layla Munir Nadia Omar Rania Samir Yasmin Zayd",
        "Abbas Bakri Darwish Farouk Ghanem Haddad Issa Jaber Khoury Mansour Najjar Qasim Rahman Saleh Zahran",
    ),
    (
        "Abena Chidi Dayo Efua Femi Ife Kwame Lerato Ngozi Olu Sipho Thandi Uche Wanjiru Yaw Zola",
        "Abara Boateng Chukwu Dlamini Eze Kamau Mensah Ndlovu Okafor Okoro Osei Sithole Tembo Wafula",
    ),
    (
        "Astrid Bjørn Camilla Erik Freja Gustav Hedda Ingrid Johan Kaja Lars Maja Nils Oskar Signe Søren Tuva Åse",
        "Andersen Berglund Dahl Ek Fossum Hagen Isaksson Jørgensen Kjær Lindqvist Møller Nygård Olsen Sandvik Åkesson",
    ),
    (
        "Adriana Bruna Caetano Davi Fernanda Gonçalo Helena Inácio João Luísa Miguel Olívia Rafaela Tiago Vitória",
        "Almeida Barros Carvalho Duarte Esteves Ferreira Guimarães Lopes Macedo Neves Pacheco Ramos Simões Teles",
    ),
)
"""Given names and family names by culture."""

COMPANY_FIRST = (
    "Amber Alder Arctic Birch Blue Bright Cedar Clear Copper Coral Delta Elm Falcon Fern Granite Green Harbour Heron "
    "Indigo Iron Ivory Juniper Kestrel Lantern Larch Linden Maple Meadow Merrin North Oak Olive Opal Orchard Otter "
    "Pine Quartz Raven River Rowan Saffron Silver Slate Sparrow Stone Summit Tarrow Thistle Umber Vale Willow Wren"
)
COMPANY_SECOND = (
    "Bakery Books Brewing Ceramics Clinics Consulting Design Devices Dental Energy Events Farms Films Foods Freight "
    "Furniture Games Gardens Glass Hotels Instruments Insurance Interiors Labs Lighting Logistics Media Mobility "
    "Networks Optics Outdoor Packaging Paper Pharmacy Pictures Plumbing Print Robotics Schools Sports Studios Systems "
    "Textiles Tools Toys Trading Travel Works"
)
COMPANY_FORM = ("Ltd", "GmbH", "SL", "SARL", "Inc.", "AB", "BV", "Oy", "& Co.", "Group")

_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"}
)


def plain(name: str) -> str:
    """The name as it stands in a mail address: ASCII letters, small."""
    parts = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(sign for sign in parts if sign.isascii() and sign.isalpha()).lower()
