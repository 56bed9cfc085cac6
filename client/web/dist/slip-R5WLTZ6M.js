import{a,b,c,d,e,f,g,h,i}from"./chunk-ZYAKFZE7.js";export{i as dayOfPaper,c as debtShown,g as printSlip,b as setSlipWidth,h as shareText,d as showDebt,a as slipWidth,e as vatOf,f as withSlip};
