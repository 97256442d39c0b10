// All texts of the page in both languages: strings with {names}, or functions of the values.

const count = (value, one, many) => `${value} ${Number(value) === 1 ? one : many}`;

const ENGLISH = {
  skip: "Skip to content", waiting: "Loading …", title: "RocketMQ console",
  language: "Language", "language-en": "English", "language-zh": "中文",
  theme: "Theme", "theme-auto": "Auto", "theme-light": "Light", "theme-dark": "Dark",
  logOut: "Log out", lastPoll: "Last poll", scheme: "Scheme", version: "Version", election: "Election", overview: "Overview", notices: "Notices",
  silentConsole: "The console has not answered since {time}. This data is from then; the page keeps trying.",
  oldData: "This data is old: the cluster was last polled {age} ago.",
  brokenView: "These sections cannot be shown: {sections}.",
  healthy: "Healthy", degraded: "Degraded", dead: "Dead", starting: "Starting", unknown: "Unknown",
  up: "Up", down: "Down", silent: "Silent", error: "Error", warning: "Warning", ok: "OK", failed: "Failed",
  announceState: "The cluster is now: {state}.", announceNew: "New problem: {text}", announceSolved: "Solved: {text}",
  announceNewMore: "And {count} more new problems.", announceSolvedMore: "And {count} more solved.", sentenceEnd: ".",
  unitDays: "d", unitHours: "h", unitMinutes: "min", unitSeconds: "s", ago: "{duration} ago",
  problems: "Problems", asPlanned: "The cluster is as planned.", notYetSeen: "No problems so far.",
  brokers: "Brokers", broker: "Broker", state: "State", role: "Role", id: "ID", place: "Host and address", run: "Version", upSince: "up {duration}",
  inRate: "In /s", outRate: "Out /s", inTotal: "Messages in /s", outTotal: "Messages out /s", inLong: "Messages in per second", outLong: "Messages out per second",
  replicationLag: "Lag", replicas: "Replicas", disk: "Disk", diskUse: "Disk use",
  sparkline: "{label}, last {minutes} min, highest {highest}", sparklineEmpty: "{label}: nothing measured yet",
  sparklineScale: "All lines share one scale, {highest} messages per second at the top.",
  missing: "missing", extra: "not planned", drained: "drained", noBrokers: "No brokers.",
  upOfPlanned: "{up} of {planned} up", plannedWord: "planned", actualWord: "actual", elected: "by election",
  listedByFew: "listed by {listed} of {all} name servers",
  MASTER: "Master", SYNC_MASTER: "Sync master", ASYNC_MASTER: "Async master", SLAVE: "Slave", REPLICA: "Replica",
  nameServers: "Name servers", controllers: "Controllers", proxies: "Proxies", none: "None.",
  listsBrokers: "lists {listed} of {planned} brokers", leader: "leader",
  topics: "Topics", name: "Name", kind: "Kind", queues: "Queues, read / write", route: "Route", filterTopics: "Filter topics by name",
  showInternal: ({ hidden }) => `Show system, retry and dead-letter topics (${hidden})`,
  normal: "normal", retry: "retry", deadLetter: "dead letter", system: "system",
  counted: "{shown} of {all}", more: "{count} more; narrow the filter", leftOut: "{count} more, not sent by the console",
  noMatch: "Nothing matches.", noTopics: "No topics.", noGroups: "No consumer groups.",
  consumerGroups: "Consumer groups", clients: "Clients online", lag: "Lag", filterGroups: "Filter consumer groups by name", perTopic: "By topic",
  topicCount: ({ value }) => count(value, "topic", "topics"), noClient: "no client", consumerLag: "Consumer lag",
  verification: "Verification", never: "Never verified.", took: "in {seconds} s", process: "Process", address: "Address",
  checks: "Checks", check: "Check", time: "Time", milliseconds: "{value} ms",
  processSummary: ({ processes, checks, failed }) => `${count(processes, "process", "processes")}, ${count(checks, "check", "checks")}, ${failed} failed`,
  loginTitle: "RocketMQ console", user: "User", password: "Password", logIn: "Log in", logInAfter: "Log in ({seconds} s)", wrongPassword: "Wrong password.",
  tooMany: "Too many attempts; wait {seconds} s.", noAnswer: "The console does not answer.",
  passwordHint: "The password is in the stack’s outputs:",
};

const CHINESE = {
  skip: "跳到正文", waiting: "正在查询控制台……", title: "RocketMQ 控制台",
  language: "语言", "language-en": "English", "language-zh": "中文",
  theme: "主题外观", "theme-auto": "自动", "theme-light": "浅色", "theme-dark": "深色",
  logOut: "退出登录", lastPoll: "最近观测", scheme: "部署方案", version: "版本", election: "选举", overview: "概览", notices: "提示",
  silentConsole: "控制台自 {time} 起没有响应。下面是当时的数据，页面会继续查询。",
  oldData: "数据已过期：最近一次观测集群是在 {age}前。",
  brokenView: "部分数据无法显示：{sections}。",
  healthy: "健康", degraded: "降级", dead: "不可用", starting: "启动中", unknown: "未知",
  up: "运行中", down: "已停止", silent: "无响应", error: "错误", warning: "警告", ok: "通过", failed: "失败",
  announceState: "集群状态现在是：{state}。", announceNew: "新问题：{text}", announceSolved: "已解决：{text}",
  announceNewMore: "另有 {count} 个新问题。", announceSolvedMore: "另有 {count} 个已解决。", sentenceEnd: "。",
  unitDays: "天", unitHours: "小时", unitMinutes: "分钟", unitSeconds: "秒", ago: "{duration}前",
  problems: "问题", asPlanned: "集群与规划一致。", notYetSeen: "目前未发现问题。",
  brokers: "Broker", broker: "Broker", state: "状态", role: "角色", id: "ID", place: "主机与地址", run: "版本、时长", upSince: "{duration}",
  inRate: "写入 /秒", outRate: "消费 /秒", inTotal: "每秒写入", outTotal: "每秒消费", inLong: "每秒写入消息数", outLong: "每秒消费消息数",
  replicationLag: "复制延迟", replicas: "副本", disk: "磁盘", diskUse: "磁盘使用率",
  sparkline: "{label}，最近 {minutes} 分钟，最高 {highest}", sparklineEmpty: "{label}：尚无数据",
  sparklineScale: "所有曲线使用同一刻度，顶端为每秒 {highest} 条消息。",
  missing: "缺失", extra: "未规划", drained: "已摘流", noBrokers: "没有 Broker。",
  upOfPlanned: "{up}/{planned} 运行中", plannedWord: "规划", actualWord: "实际", elected: "由选举决定",
  listedByFew: "{listed}/{all} 个名称服务器已注册",
  MASTER: "主节点", SYNC_MASTER: "同步主节点", ASYNC_MASTER: "异步主节点", SLAVE: "从节点", REPLICA: "副本",
  nameServers: "名称服务器", controllers: "控制器", proxies: "代理", none: "无。",
  listsBrokers: "已注册 {listed}/{planned} 个 Broker", leader: "主控制器",
  topics: "主题", name: "名称", kind: "类型", queues: "队列（读 / 写）", route: "路由", filterTopics: "按名称筛选主题",
  showInternal: ({ hidden }) => `显示系统、重试和死信主题（${hidden}）`,
  normal: "普通", retry: "重试", deadLetter: "死信", system: "系统",
  counted: "{shown} / {all}", more: "还有 {count} 个，请缩小筛选范围", leftOut: "控制台另有 {count} 个未列出",
  noMatch: "没有匹配项。", noTopics: "没有主题。", noGroups: "没有消费者组。",
  consumerGroups: "消费者组", clients: "在线客户端", lag: "堆积", filterGroups: "按名称筛选消费者组", perTopic: "按主题",
  topicCount: ({ value }) => `${value} 个主题`, noClient: "无客户端", consumerLag: "消费堆积",
  verification: "校验", never: "从未校验。", took: "用时 {seconds} 秒", process: "进程", address: "地址",
  checks: "检查项", check: "检查", time: "用时", milliseconds: "{value} 毫秒",
  processSummary: ({ processes, checks, failed }) => `${processes} 个进程，${checks} 项检查，${failed} 项失败`,
  loginTitle: "RocketMQ 控制台", user: "用户", password: "密码", logIn: "登录", logInAfter: "登录（{seconds} 秒后）", wrongPassword: "密码错误。",
  tooMany: "尝试次数过多，请等待 {seconds} 秒。", noAnswer: "控制台没有响应。",
  passwordHint: "密码在 stack 的输出中：",
};

// The server writes problems in English; these are built from kind and values.
const CHINESE_PROBLEMS = {
  clusterDead: "集群不可用",
  missing: "{subject} 缺失：规划在 {host}（{address}），{cause}",
  silent: "{subject} 无响应：{host}（{address}），{cause}",
  nameServerDown: "名称服务器 {subject} 不可用：{host}（{address}），{cause}",
  controllerDown: "控制器 {subject} 不可用：{host}（{address}），{cause}",
  proxyDown: "代理 {subject} 不可用：{host}（{address}），{cause}",
  extra: "{subject} 未在规划中：地址 {address}，ID {id}",
  misplaced: "{subject} 位置不符：实际在 {address}，规划在 {plannedAddress}",
  wrongRole: "{subject} 角色不符：实际为 {role}，规划为 {plannedRole}",
  notListed: "{subject} 未在以下名称服务器注册：{nameServers}",
  outOfSync: "从节点 {subject} 复制落后 {lagBytes} 字节",
  notReplicating: "{subject} 未从主节点 {master} 复制：{cause}",
  fewReplicas: "主节点 {subject} 的副本不足：已连接 {connected} 个，规划 {planned} 个",
  slaveAhead: "从节点 {slave} 比主节点 {subject} 多 {bytes} 字节：请勿写入任何数据",
  drained: "{subject} 已摘流：权限为 {permission}，{cause}",
  diskFull: "{subject} 磁盘已使用 {percent}%",
  wrongVersion: "{subject} 版本不符：实际为 {version}，规划为 {plannedVersion}",
  noMaster: "Broker 组 {subject} 没有主节点",
  twoMasters: "Broker 组 {subject} 有多个主节点：{addresses}",
  notVerified: "主机 {subject} 最近一次校验失败",
};

const CHINESE_CAUSES = {
  "connection refused": "连接被拒绝", "timed out": "超时", "no answer": "没有应答", "no route to host": "主机不可达",
  "connection reset": "连接被重置", "connection reset by peer": "连接被重置",
};
const CHINESE_CAUSE_FORMS = [
  [/^no answer within (.+) s$/, "$1 秒内没有应答"],
  [/^not polled for (.+) s$/, "已有 $1 秒未被观测"],
];

const TEXTS = { en: ENGLISH, zh: CHINESE };
let language = "en";

export function currentLanguage() {
  return language;
}

export function setLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export function t(key, values = {}) {
  const text = TEXTS[language][key] ?? ENGLISH[key] ?? key;
  return typeof text === "function" ? text(values) : withValues(text, values);
}

// Unknown roles, kinds and states are shown as they are.
export function word(value) {
  return Object.hasOwn(ENGLISH, value) ? t(value) : String(value);
}

export function causeText(cause) {
  if (language !== "zh") return cause;
  const text = String(cause).toLowerCase();
  const [form, translation] = CHINESE_CAUSE_FORMS.find(([known]) => known.test(text)) ?? [];
  return CHINESE_CAUSES[text] ?? (form ? text.replace(form, translation) : cause);
}

export function problemText(problem) {
  if (language !== "zh" || !Object.hasOwn(CHINESE_PROBLEMS, problem.kind)) return problem.text;
  const values = { ...problem.values, subject: problem.subject };
  if (values.cause) values.cause = causeText(values.cause);
  const text = values.cause ? CHINESE_PROBLEMS[problem.kind] : CHINESE_PROBLEMS[problem.kind].replace(/[，：]\{cause\}/, "");
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const isComplete = [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => known.some(([key]) => key === name));
  // The English text is better than one with a gap.
  return isComplete ? withValues(text, Object.fromEntries(known.map(([name, value]) => [name, valueText(name, value)]))) : problem.text;
}

function valueText(name, value) {
  if (Array.isArray(value)) return value.join("、");
  if (typeof value === "number") return value.toLocaleString("zh-CN");
  return name === "role" || name === "plannedRole" ? word(value) : value;
}

function withValues(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
