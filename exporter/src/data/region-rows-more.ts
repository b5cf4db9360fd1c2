/** Regions of further providers; see region-rows.ts for what the columns mean. */
import type { RegionTable } from './region-rows.js';

const DIGITALOCEAN: RegionTable = {
  provider: 'digitalocean',
  source: 'DigitalOcean regional availability',
  year: 2026,
  zoneSuffixes: [/\d$/], // nyc3
  rows: [
    ['ams', 'NL', 'Amsterdam'],
    ['atl', 'US-SE-SOCO', 'Atlanta'],
    ['blr', 'IN-SO', 'Bangalore'],
    ['fra', 'DE', 'Frankfurt'],
    ['lon', 'GB', 'London'],
    ['nyc', 'US-NY-NYIS', 'New York'],
    ['ric', 'US-MIDA-PJM', 'Richmond, Virginia'],
    ['sfo', 'US-CAL-CISO', 'San Francisco'],
    ['sgp', 'SG', 'Singapore'],
    ['syd', 'AU-NSW', 'Sydney'],
    ['tor', 'CA-ON', 'Toronto'],
  ],
};

const HETZNER: RegionTable = {
  provider: 'hetzner',
  source: 'Hetzner Cloud locations',
  year: 2026,
  zoneSuffixes: [/-dc\d+$/], // fsn1-dc14
  rows: [
    ['ash', 'US-MIDA-PJM', 'Ashburn, Virginia'],
    ['fsn1', 'DE', 'Falkenstein'],
    ['hel1', 'FI', 'Helsinki'],
    ['hil', 'US-NW-PGE', 'Hillsboro, Oregon'],
    ['nbg1', 'DE', 'Nuremberg'],
    ['sin', 'SG', 'Singapore'],
  ],
};

const IBM: RegionTable = {
  provider: 'ibm',
  source: 'IBM Cloud Kubernetes Service locations',
  year: 2026,
  zoneSuffixes: [/-\d$/, /(?<=[a-z])\d+$/], // us-south-1; dal10
  rows: [
    ['ams', 'NL', 'Amsterdam'],
    ['au-syd', 'AU-NSW', 'Sydney'],
    ['br-sao', 'BR-CS', 'Sao Paulo'],
    ['ca-mon', 'CA-QC', 'Montreal'],
    ['ca-tor', 'CA-ON', 'Toronto'],
    ['che', 'IN-SO', 'Chennai'],
    ['dal', 'US-TEX-ERCO', 'Dallas'],
    ['eu-de', 'DE', 'Frankfurt'],
    ['eu-es', 'ES', 'Madrid'],
    ['eu-gb', 'GB', 'London'],
    ['fra', 'DE', 'Frankfurt'],
    ['jp-osa', 'JP-KN', 'Osaka'],
    ['jp-tok', 'JP-TK', 'Tokyo'],
    ['lon', 'GB', 'London'],
    ['mil', 'IT-NO', 'Milan'],
    ['mon', 'CA-QC', 'Montreal'],
    ['osa', 'JP-KN', 'Osaka'],
    ['par', 'FR', 'Paris'],
    ['sao', 'BR-CS', 'Sao Paulo'],
    ['sjc', 'US-CAL-CISO', 'San Jose'],
    ['sng', 'SG', 'Singapore'],
    ['syd', 'AU-NSW', 'Sydney'],
    ['tok', 'JP-TK', 'Tokyo'],
    ['tor', 'CA-ON', 'Toronto'],
    ['us-east', 'US-MIDA-PJM', 'Washington DC'],
    ['us-south', 'US-TEX-ERCO', 'Dallas'],
    ['wdc', 'US-MIDA-PJM', 'Washington DC'],
  ],
};

/** Nodes of Oracle's managed service carry the three-letter key as region; the long name occurs elsewhere. */
const ORACLE: RegionTable = {
  provider: 'oracle',
  source: 'Oracle Cloud Infrastructure regions',
  year: 2026,
  zoneSuffixes: [/-ad-\d$/], // eu-frankfurt-1-ad-1
  rows: (
    [
      ['af-johannesburg-1', 'jnb', 'ZA', 'Johannesburg'],
      ['ap-batam-1', 'hsg', 'ID', 'Batam'],
      ['ap-chuncheon-1', 'yny', 'KR', 'Chuncheon'],
      ['ap-hyderabad-1', 'hyd', 'IN-SO', 'Hyderabad'],
      ['ap-melbourne-1', 'mel', 'AU-VIC', 'Melbourne'],
      ['ap-mumbai-1', 'bom', 'IN-WE', 'Mumbai'],
      ['ap-osaka-1', 'kix', 'JP-KN', 'Osaka'],
      ['ap-seoul-1', 'icn', 'KR', 'Seoul'],
      ['ap-singapore-1', 'sin', 'SG', 'Singapore'],
      ['ap-singapore-2', 'xsp', 'SG', 'Singapore'],
      ['ap-sydney-1', 'syd', 'AU-NSW', 'Sydney'],
      ['ap-tokyo-1', 'nrt', 'JP-TK', 'Tokyo'],
      ['ca-montreal-1', 'yul', 'CA-QC', 'Montreal'],
      ['ca-toronto-1', 'yyz', 'CA-ON', 'Toronto'],
      ['eu-amsterdam-1', 'ams', 'NL', 'Amsterdam'],
      ['eu-frankfurt-1', 'fra', 'DE', 'Frankfurt'],
      ['eu-jovanovac-1', 'beg', 'RS', 'Jovanovac'],
      ['eu-madrid-1', 'mad', 'ES', 'Madrid'],
      ['eu-marseille-1', 'mrs', 'FR', 'Marseille'],
      ['eu-milan-1', 'lin', 'IT-NO', 'Milan'],
      ['eu-paris-1', 'cdg', 'FR', 'Paris'],
      ['eu-stockholm-1', 'arn', 'SE-SE3', 'Stockholm'],
      ['eu-zurich-1', 'zrh', 'CH', 'Zurich'],
      ['il-jerusalem-1', 'mtz', 'IL', 'Jerusalem'],
      ['me-abudhabi-1', 'auh', 'AE', 'Abu Dhabi'],
      ['me-dubai-1', 'dxb', 'AE', 'Dubai'],
      ['me-jeddah-1', 'jed', 'SA', 'Jeddah'],
      ['me-riyadh-1', 'ruh', 'SA', 'Riyadh'],
      ['mx-monterrey-1', 'mty', 'MX', 'Monterrey'],
      ['mx-queretaro-1', 'qro', 'MX', 'Queretaro'],
      ['sa-bogota-1', 'bog', 'CO', 'Bogota'],
      ['sa-santiago-1', 'scl', 'CL-SEN', 'Santiago'],
      ['sa-saopaulo-1', 'gru', 'BR-CS', 'Sao Paulo'],
      ['sa-valparaiso-1', 'vap', 'CL-SEN', 'Valparaiso'],
      ['sa-vinhedo-1', 'vcp', 'BR-CS', 'Vinhedo'],
      ['uk-cardiff-1', 'cwl', 'GB', 'Newport'],
      ['uk-london-1', 'lhr', 'GB', 'London'],
      ['us-ashburn-1', 'iad', 'US-MIDA-PJM', 'Ashburn, Virginia'],
      ['us-chicago-1', 'ord', 'US-MIDA-PJM', 'Chicago'],
      ['us-phoenix-1', 'phx', 'US-SW-AZPS', 'Phoenix'],
      ['us-sanjose-1', 'sjc', 'US-CAL-CISO', 'San Jose'],
    ] as const
  ).flatMap(([name, key, gridZone, place]) => [
    [name, gridZone, place] as const,
    [key, gridZone, place] as const,
  ]),
};

const ALIBABA: RegionTable = {
  provider: 'alibaba',
  source: 'Alibaba Cloud regions and zones',
  year: 2026,
  zoneSuffixes: [/-[a-z]$/, /(?<=\d)[a-z]$/], // cn-hangzhou-i; ap-southeast-1a
  rows: [
    ['ap-northeast-1', 'JP-TK', 'Tokyo'],
    ['ap-northeast-2', 'KR', 'Seoul'],
    ['ap-southeast-1', 'SG', 'Singapore'],
    ['ap-southeast-3', 'MY-WM', 'Kuala Lumpur'],
    ['ap-southeast-5', 'ID', 'Jakarta'],
    ['ap-southeast-6', 'PH-LU', 'Manila'],
    ['ap-southeast-7', 'TH', 'Bangkok'],
    ['cn-beijing', 'CN', 'Beijing'],
    ['cn-chengdu', 'CN', 'Chengdu'],
    ['cn-fuzhou', 'CN', 'Fuzhou'],
    ['cn-guangzhou', 'CN', 'Guangzhou'],
    ['cn-hangzhou', 'CN', 'Hangzhou'],
    ['cn-heyuan', 'CN', 'Heyuan'],
    ['cn-hongkong', 'HK', 'Hong Kong'],
    ['cn-huhehaote', 'CN', 'Hohhot'],
    ['cn-nanjing', 'CN', 'Nanjing'],
    ['cn-qingdao', 'CN', 'Qingdao'],
    ['cn-shanghai', 'CN', 'Shanghai'],
    ['cn-shenzhen', 'CN', 'Shenzhen'],
    ['cn-wuhan-lr', 'CN', 'Wuhan'],
    ['cn-wulanchabu', 'CN', 'Ulanqab'],
    ['cn-zhangjiakou', 'CN', 'Zhangjiakou'],
    ['eu-central-1', 'DE', 'Frankfurt'],
    ['eu-west-1', 'GB', 'London'],
    ['me-central-1', 'SA', 'Riyadh'],
    ['me-east-1', 'AE', 'Dubai'],
    ['na-south-1', 'MX', 'Mexico'],
    ['us-east-1', 'US-MIDA-PJM', 'Virginia'],
    ['us-west-1', 'US-CAL-CISO', 'Silicon Valley'],
  ],
};

export const MORE_REGION_TABLES: readonly RegionTable[] = [DIGITALOCEAN, HETZNER, IBM, ORACLE, ALIBABA];
