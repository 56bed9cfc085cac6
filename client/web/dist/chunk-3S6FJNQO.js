<<<<<<<< HEAD:client/web/dist/chunk-3S6FJNQO.js
import{c_3 as t}from"./base-6TWUEIBN.js";import{B_4 as n}from"./base-6TWUEIBN.js";async function u(o,d){var r;let e=await d.ended;if(e.kind==="done")return{id:(r=e.done.id)!=null?r:0n};if(e.kind!=="refused")return{wrong:n("It is sent as soon as there is a line.")};let{code:s,field:i}=e.refused;return s===41&&i==="code"?{wrong:n("There is one with this code already. Give it another."),field:i}:{wrong:t(e.refused,o),field:i}}export{u as a};
========
import{c_3 as t}from"./base-CCJV3GOC.js";import{B_4 as n}from"./base-CCJV3GOC.js";async function u(o,d){var r;let e=await d.ended;if(e.kind==="done")return{id:(r=e.done.id)!=null?r:0n};if(e.kind!=="refused")return{wrong:n("It is sent as soon as there is a line.")};let{code:s,field:i}=e.refused;return s===41&&i==="code"?{wrong:n("There is one with this code already. Give it another."),field:i}:{wrong:t(e.refused,o),field:i}}export{u as a};
>>>>>>>> desk:client/web/dist/chunk-VLYDHAEC.js
