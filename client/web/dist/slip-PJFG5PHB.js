<<<<<<<< HEAD:client/web/dist/slip-PJFG5PHB.js
import{a,b,c,d,e,f,g,h,i}from"./chunk-ZV7HA5TN.js";export{i as dayOfPaper,c as debtShown,g as printSlip,b as setSlipWidth,h as shareText,d as showDebt,a as slipWidth,e as vatOf,f as withSlip};
========
import{a,b,c,d,e,f,g,h,i}from"./chunk-KAD6N35Z.js";export{i as dayOfPaper,c as debtShown,g as printSlip,b as setSlipWidth,h as shareText,d as showDebt,a as slipWidth,e as vatOf,f as withSlip};
>>>>>>>> desk:client/web/dist/slip-CKYQGFKK.js
