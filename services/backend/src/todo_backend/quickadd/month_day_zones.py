"""Where 3/4 is the fourth of March."""

# The zones of the countries that write the month first in numeric dates (CLDR short formats M/d/yy: the
# United States and its territories, the Philippines, Belize) and of English-speaking Canada, where both are
# met and M/d prevails in everyday writing. Latin America writes the day first.
_NAMES = """
America/Adak America/Anchorage America/Boise America/Chicago America/Denver America/Detroit
America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Marengo America/Indiana/Petersburg
America/Indiana/Tell_City America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac
America/Indianapolis America/Fort_Wayne America/Juneau America/Kentucky/Louisville
America/Kentucky/Monticello America/Los_Angeles America/Louisville America/Menominee America/Metlakatla
America/New_York America/Nome America/North_Dakota/Beulah America/North_Dakota/Center
America/North_Dakota/New_Salem America/Phoenix America/Puerto_Rico America/Shiprock America/Sitka
America/St_Thomas America/Virgin America/Yakutat America/Edmonton America/Halifax America/Regina
America/St_Johns America/Toronto America/Vancouver America/Whitehorse America/Winnipeg America/Moncton
America/Glace_Bay America/Goose_Bay America/Swift_Current America/Thunder_Bay America/Yellowknife
America/Iqaluit America/Belize Pacific/Honolulu Pacific/Guam Pacific/Pago_Pago Pacific/Saipan Asia/Manila
US/Alaska US/Aleutian US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke
US/Michigan US/Mountain US/Pacific US/Samoa Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain
Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon
EST EST5EDT CST6CDT MST MST7MDT PST8PDT HST
"""

MONTH_FIRST_ZONES = frozenset(_NAMES.split())
