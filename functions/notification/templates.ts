/** Written by `npm run build:mail` from enrollment.mjml and enrollment.txt: change those. */

export const HTML = `<!doctype html>
<html lang="{{language}}" dir="ltr" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<title>{{subject}}</title>
<!--[if !mso]><!-->
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<!--<![endif]-->
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style type="text/css">
#outlook a { padding:0; }
body { margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%; }
table, td { border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt; }
img { border:0;height:auto;line-height:100%; outline:none;text-decoration:none;-ms-interpolation-mode:bicubic; }
p { display:block;margin:13px 0; }
</style>
<!--[if mso]>
<noscript>
<xml>
<o:OfficeDocumentSettings>
<o:AllowPNG/>
<o:PixelsPerInch>96</o:PixelsPerInch>
</o:OfficeDocumentSettings>
</xml>
</noscript>
<![endif]-->
<!--[if lte mso 11]>
<style type="text/css">
.mj-outlook-group-fix { width:100% !important; }
</style>
<![endif]-->
<style type="text/css">
@media only screen and (min-width:480px) {
.mj-column-per-100 { width:100% !important; max-width: 100%; }
}
</style>
<style media="screen and (min-width:480px)">
.moz-text-html .mj-column-per-100 { width:100% !important; max-width: 100%; }
</style>
<style type="text/css">
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
body, .page > div { background-color: #14181c !important; }
.card, .card > table { background: #1f262d !important; background-color: #1f262d !important; }
.words div { color: #e8edf2 !important; }
.small div { color: #b6c2cf !important; }
.term { background: #2a3540 !important; background-color: #2a3540 !important; }
.action td, .action a { background: #8ec5ff !important; background-color: #8ec5ff !important; }
.action a { color: #0b1d2e !important; }
.foot, .foot > table > tbody > tr > td { border-color: #3d4a57 !important; }
}
</style>
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
</head>
<body  class="page" style="word-spacing:normal;background-color:#f3f5f7;">
<div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">{{preview}}</div>
<div
aria-label="{{subject}}" role="main" lang="{{language}}" dir="ltr" style="word-spacing:normal;background-color:#f3f5f7;"
>
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:32px 24px 16px;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:552px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="words small" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#52606d;"
>{{practice}}</div>
</td>
</tr>
<tr>
<td
align="left" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#1f2933;"
><h1 style="margin:0;font-size:24px;line-height:1.3;font-weight:600;">{{heading}}</h1></div>
</td>
</tr>
<tr>
<td
align="left" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#1f2933;"
>{{greeting}}</div>
</td>
</tr>
<tr>
<td
align="left" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#1f2933;"
>{{message}}</div>
</td>
</tr>
<tr>
<td
align="left" class="words term" style="background:#eaf2fb;font-size:0px;padding:12px 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#1f2933;"
>{{validUntil}}<br><strong style="font-size:18px;">{{until}}</strong></div>
</td>
</tr>
<tr>
<td
align="center" class="action" style="font-size:0px;padding:24px 0;word-break:break-word;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:separate;line-height:100%;"
>
<tbody>
<tr>
<td
align="center" bgcolor="#0b5394" role="presentation" style="border:none;border-radius:6px;cursor:auto;mso-padding-alt:14px 28px;background:#0b5394;" valign="middle"
>
<a
href="{{link}}" rel="noopener noreferrer" style="display:inline-block;background:#0b5394;color:#ffffff;font-family:Helvetica, Arial, sans-serif;font-size:18px;font-weight:600;line-height:120%;margin:0;text-decoration:none;text-transform:none;padding:14px 28px;mso-padding-alt:0px;border-radius:6px;" target="_blank"
>
{{action}}
</a>
</td>
</tr>
</tbody>
</table>
</td>
</tr>
<tr>
<td
align="left" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#1f2933;"
>{{protection}}</div>
</td>
</tr>
<tr>
<td
align="left" class="words small" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:14px;line-height:1.5;text-align:left;color:#52606d;"
>{{copy}}<br><span style="word-break:break-all;">{{link}}</span></div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook foot-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card foot" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="border-top:1px solid #d9e0e6;direction:ltr;font-size:0px;padding:16px 24px 24px;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:552px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="words" style="font-size:0px;padding:0 0 16px;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:16px;line-height:1.5;text-align:left;color:#1f2933;"
>{{questions}}</div>
</td>
</tr>
<tr>
<td
align="left" class="words small" style="font-size:0px;padding:0;word-break:break-word;"
>
<div
style="font-family:Helvetica, Arial, sans-serif;font-size:14px;line-height:1.5;text-align:left;color:#52606d;"
>{{noReply}}</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</div>
</body>
</html>
`;

export const TEXT = `{{practice}}

{{heading}}

{{greeting}}

{{message}}

{{validUntil}} {{until}}.

{{action}}:
{{link}}

{{protection}}

{{questions}}

{{noReply}}
`;
